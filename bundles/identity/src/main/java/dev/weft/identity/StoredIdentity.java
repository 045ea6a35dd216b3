package dev.weft.identity;

import dev.weft.api.identity.DeviceCredential;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.identity.HostKey;
import dev.weft.protocol.AgentId;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who this host is, from {@code keys/host.key} (made on first run) and {@code keys/device.json} (if it was paired). */
@Component
public final class StoredIdentity implements HostIdentity {
    private static final Logger LOG = LoggerFactory.getLogger(StoredIdentity.class);

    private final HostKey key;
    private final AgentId agentId;
    private final String name;
    private final Optional<String> deviceToken;

    /** Reads the identity, or makes it.
     * @param context tells the data directory and the name
     * @throws IllegalStateException if a file is damaged or the directory cannot be used; the message says what to do */
    @Activate
    public StoredIdentity(BundleContext context) {
        DataFolder data = DataFolder.of(context);
        Path file = data.resolve("keys/host.key");
        Optional<DeviceCredential> device;
        try {
            key = HostKey.loadOrCreate(file);
            file = data.resolve("keys/device.json");
            device = DeviceCredential.read(data.root());
        } catch (IOException e) {
            throw DataFolder.unusable(file, e);
        }
        if (device.isPresent() && device.get().peerId() == null) {
            throw new IllegalStateException(
                    file + " is damaged (it has no peer_id); remove it and pair again");
        }
        agentId = device.map(DeviceCredential::peerId).orElseGet(() -> derive(key.publicKey()));
        name =
                name(
                        context.getProperty("weft.name"),
                        device.map(DeviceCredential::name).orElse(null));
        deviceToken = device.map(DeviceCredential::deviceToken);
        LOG.info("this host is {} ({})", name, agentId);
    }

    private String name(String wanted, String paired) {
        if (wanted != null && !wanted.isBlank()) {
            if (!AgentId.isValid(wanted)) {
                throw new IllegalStateException(
                        "the name \""
                                + wanted
                                + "\" cannot be used: 1 to 64 characters [a-z0-9][a-z0-9._-]* are needed");
            }
            return wanted;
        }
        if (AgentId.isValid(paired)) {
            return paired;
        }
        String machine = MachineName.sanitized();
        return machine.isEmpty() ? agentId.value() : machine;
    }

    static AgentId derive(String publicKey) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(Base64.getUrlDecoder().decode(publicKey));
            return new AgentId("agent-" + HexFormat.of().formatHex(hash, 0, 3));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    @Override
    public AgentId agentId() {
        return agentId;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String publicKey() {
        return key.publicKey();
    }

    @Override
    public byte[] sign(byte[] message) {
        return key.sign(message);
    }

    @Override
    public Optional<String> deviceToken() {
        return deviceToken;
    }
}
