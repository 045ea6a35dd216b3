package dev.weft.registry;

import dev.weft.api.health.HealthCheck;
import dev.weft.api.registry.IceServers;
import dev.weft.api.signaling.IceServer;
import dev.weft.protocol.AgentId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.function.UnaryOperator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The ICE servers of the configuration; TURN credentials expire after a day. */
@Component(
        service = {IceServers.class, HealthCheck.class},
        configurationPid = "dev.weft.registry")
public final class StunTurn implements IceServers, HealthCheck {
    private static final Logger LOG = LoggerFactory.getLogger(StunTurn.class);
    private static final Duration LIFE = Duration.ofHours(24);
    private final List<String> stun;
    private final List<String> turn;
    private final String secret;
    private final InstantSource clock;
    private final List<String> problems = new ArrayList<>();

    /** Reads the configuration.
     * @param config servers, and where the secret is */
    @Activate
    public StunTurn(RegistryConfig config) {
        this(config, System::getenv, InstantSource.system());
    }

    StunTurn(RegistryConfig config, UnaryOperator<String> environment, InstantSource clock) {
        this.clock = clock;
        this.stun = urls(config.stun(), "stun:", "stuns:");
        List<String> wanted = urls(config.turn(), "turn:", "turns:");
        this.secret = wanted.isEmpty() ? "" : secret(config, environment);
        if (!wanted.isEmpty() && secret.isEmpty()) {
            problems.add(
                    "TURN servers are configured without a secret and are left out; set turn_secret_file or turn_secret_env");
        }
        this.turn = secret.isEmpty() ? List.of() : wanted;
        problems.forEach(LOG::warn);
    }

    private List<String> urls(String[] configured, String... schemes) {
        List<String> good = new ArrayList<>();
        for (String entry : configured == null ? new String[0] : configured) {
            String url = entry == null ? "" : entry.trim();
            if (Arrays.stream(schemes)
                    .anyMatch(scheme -> url.startsWith(scheme) && url.length() > scheme.length())) {
                good.add(url);
            } else if (!url.isEmpty()) {
                problems.add(
                        "\""
                                + url
                                + "\" is not an ICE server of the form "
                                + schemes[0]
                                + "host:port and is left out");
            }
        }
        return List.copyOf(good);
    }

    private String secret(RegistryConfig config, UnaryOperator<String> environment) {
        String file = config.turn__secret__file();
        String variable = config.turn__secret__env();
        if (file != null && !file.isBlank()) {
            try {
                return Files.readString(Path.of(file.trim())).trim();
            } catch (IOException | IllegalArgumentException e) {
                problems.add(
                        "the TURN secret cannot be read from "
                                + file
                                + ": "
                                + e.getClass().getSimpleName());
            }
        }
        String value =
                variable == null || variable.isBlank() ? null : environment.apply(variable.trim());
        return value == null ? "" : value.trim();
    }

    @Override
    public List<IceServer> forCaller(AgentId caller) {
        List<IceServer> servers = new ArrayList<>();
        if (!stun.isEmpty()) {
            servers.add(new IceServer(stun, null, null));
        }
        if (!turn.isEmpty()) {
            String user = clock.instant().plus(LIFE).getEpochSecond() + ":mesh";
            servers.add(new IceServer(turn, user, hmac(user)));
        }
        return servers;
    }

    private String hmac(String user) {
        try {
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
            return Base64.getEncoder()
                    .encodeToString(mac.doFinal(user.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM has no HMAC-SHA1", e);
        }
    }

    @Override
    public String name() {
        return "ice-servers";
    }

    @Override
    public Status check() {
        return problems.isEmpty() ? Status.OK : Status.warning(String.join("; ", problems));
    }
}
