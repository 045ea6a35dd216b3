package dev.weft.transport.webrtc;

import dev.onvoid.webrtc.RTCStats;
import dev.onvoid.webrtc.RTCStatsType;
import dev.weft.api.mesh.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The pair of candidates that ICE chose.
 *
 * @param path whether a TURN server is on the way
 * @param text both ends, for people: kind, protocol and address each
 */
record SelectedPair(Path path, String text) {
    /** Reads libwebrtc's report.
     * @return empty while no pair is chosen */
    static Optional<SelectedPair> of(Map<String, RTCStats> stats) {
        for (RTCStats transport : stats.values()) {
            if (transport.getType() == RTCStatsType.TRANSPORT) {
                RTCStats pair = stats.get(text(transport, "selectedCandidatePairId"));
                RTCStats local = pair == null ? null : stats.get(text(pair, "localCandidateId"));
                RTCStats remote = pair == null ? null : stats.get(text(pair, "remoteCandidateId"));
                if (local != null && remote != null) {
                    return Optional.of(
                            new SelectedPair(
                                    isRelay(local) || isRelay(remote) ? Path.TURN : Path.P2P,
                                    describe(local) + " - " + describe(remote)));
                }
            }
        }
        return Optional.empty();
    }

    private static boolean isRelay(RTCStats candidate) {
        return "relay".equals(text(candidate, "candidateType"));
    }

    private static String describe(RTCStats candidate) {
        String address = text(candidate, "address");
        return text(candidate, "candidateType")
                + ' '
                + text(candidate, "protocol")
                + ' '
                + (address.contains(":") ? '[' + address + ']' : address)
                + ':'
                + text(candidate, "port");
    }

    private static String text(RTCStats stats, String attribute) {
        Object value = stats.getAttributes().get(attribute);
        return value == null ? "" : value.toString();
    }
}
