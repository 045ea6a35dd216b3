package dev.weft.api.mesh;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.weft.protocol.AgentId;

/**
 * A peer to which a link is up: everything here is measured.
 *
 * @param id who
 * @param name its label, the id if unknown
 * @param path how messages travel now
 * @param rttMillis last round trip in milliseconds; -1 if not measured yet
 * @param bytesSent on this link
 * @param bytesReceived on this link
 * @param candidatePair the ends of the link, see {@link Link#candidatePair}; "" if not known
 * @param since when the link came up, epoch seconds
 */
public record Peer(
        AgentId id,
        String name,
        Path path,
        @JsonProperty("rtt_ms") double rttMillis,
        @JsonProperty("bytes_sent") long bytesSent,
        @JsonProperty("bytes_received") long bytesReceived,
        @JsonProperty("candidate_pair") String candidatePair,
        double since) {}
