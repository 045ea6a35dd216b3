package dev.weft.api.identity;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a host got at pairing, and its file {@code keys/device.json} (0600): written by {@code weft pair}, read at start.
 *
 * @param registry URL of the registry
 * @param peerId the agent id that the registry assigned
 * @param name the label that it was paired under
 * @param deviceToken {@code dt_} and 32 hex digits
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record DeviceCredential(
        String registry,
        @JsonProperty("peer_id") AgentId peerId,
        String name,
        @JsonProperty("device_token") String deviceToken) {
    private static final String FILE = "keys/device.json";

    /** Reads the credential of a data directory.
     * @param data the data directory
     * @return empty if the host was never paired
     * @throws IOException if the file is there but cannot be read or is malformed */
    public static Optional<DeviceCredential> read(Path data) throws IOException {
        Path file = data.resolve(FILE);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Wire.as(Wire.tree(Files.readString(file)), DeviceCredential.class));
        } catch (ProtocolException e) {
            throw new IOException(
                    file + " is damaged (" + e.getMessage() + "); remove it and pair again", e);
        }
    }

    /** Stores the credential.
     * @param data the data directory
     * @throws IOException if it cannot be written */
    public void write(Path data) throws IOException {
        SecretFile.replace(data.resolve(FILE), Wire.write((Object) this) + "\n");
    }

    /** Leaves the secret out. */
    @Override
    public String toString() {
        return "DeviceCredential[" + registry + ", " + peerId + ", " + name + "]";
    }
}
