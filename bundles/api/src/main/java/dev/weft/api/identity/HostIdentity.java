package dev.weft.api.identity;

import dev.weft.protocol.AgentId;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** Who this host is. Thread-safe; does not change while the host runs. */
@ProviderType
public interface HostIdentity {
    /** The address of this host's agent: assigned at pairing, else made from the public key on first run.
     * @return never null */
    AgentId agentId();

    /** The label that people use.
     * @return same shape as an agent id */
    String name();

    /** The host's Ed25519 public key.
     * @return base64url without padding of the 32 raw bytes (RFC 8032) */
    String publicKey();

    /** Signs with the host's Ed25519 key.
     * @param message what to sign
     * @return 64 bytes */
    byte[] sign(byte[] message);

    /** The token that the registry gave this host at pairing.
     * @return empty if the host was never paired (it is its own registry) */
    Optional<String> deviceToken();
}
