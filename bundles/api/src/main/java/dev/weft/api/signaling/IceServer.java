package dev.weft.api.signaling;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * One entry of {@code iceServers} (W3C RTCIceServer).
 *
 * @param urls {@code stun:} or {@code turn:} URLs, at least one
 * @param username null for STUN
 * @param credential null for STUN
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record IceServer(List<String> urls, String username, String credential) {
    /** Leaves the credential out. */
    @Override
    public String toString() {
        return "IceServer" + urls;
    }
}
