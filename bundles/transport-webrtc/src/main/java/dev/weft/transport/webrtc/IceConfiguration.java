package dev.weft.transport.webrtc;

import dev.onvoid.webrtc.RTCIceServer;
import dev.weft.api.signaling.IceServer;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** The registry's ICE servers in libwebrtc's form. */
final class IceConfiguration {
    /** One URL that is none makes libwebrtc refuse the whole connection, so such URLs are left out. */
    private static final Pattern URL =
            Pattern.compile(
                    "(?i)(stun|stuns|turn|turns):[^\\s/:?]+.*|(?i)(stun|stuns|turn|turns):\\[.+].*");

    private IceConfiguration() {}

    static List<RTCIceServer> of(List<IceServer> servers) {
        return servers.stream()
                .map(IceConfiguration::server)
                .filter(server -> !server.urls.isEmpty())
                .toList();
    }

    private static RTCIceServer server(IceServer server) {
        RTCIceServer result = new RTCIceServer();
        List<String> urls = server.urls() == null ? List.of() : server.urls();
        boolean login = server.username() != null && server.credential() != null;
        // TURN without a login is refused by libwebrtc as well
        result.urls =
                urls.stream()
                        .filter(
                                url ->
                                        url != null
                                                && URL.matcher(url).matches()
                                                && (login
                                                        || !url.toLowerCase(Locale.ROOT)
                                                                .startsWith("turn")))
                        .toList();
        if (login) {
            result.username = server.username();
            result.password = server.credential();
        }
        return result;
    }
}
