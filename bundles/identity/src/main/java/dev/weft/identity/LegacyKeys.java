package dev.weft.identity;

import dev.weft.api.health.HealthCheck;
import dev.weft.api.identity.LegacyAccess;
import dev.weft.api.identity.Principal;
import dev.weft.api.identity.Role;
import dev.weft.protocol.AgentId;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who of the reference's world is let in. The key file is looked at every few seconds, so a key that is taken out of it ends without a
 * restart. There is no default key.
 */
@Component(
        service = {LegacyAccess.class, HealthCheck.class},
        configurationPid = "dev.weft.compat",
        configurationPolicy = ConfigurationPolicy.REQUIRE,
        immediate = true)
@Designate(ocd = LegacyKeys.Config.class)
public final class LegacyKeys implements LegacyAccess, HealthCheck {
    /** Whether agents of the reference are let in. */
    @ObjectClassDefinition(name = "Weft compatibility")
    public @interface Config {
        /** Whether the reference's agents and sidecars are let in by its rules.
         * @return off unless configured */
        @AttributeDefinition(description = "let agents and sidecars of chatixia-mesh in")
        boolean chatixia() default false;

        /** The reference's key file.
         * @return a path; empty for {@code keys/chatixia.json} in the data directory */
        @AttributeDefinition(description = "key file {\"keys\":{KEY:{peer_id,role}}}")
        String keys__file() default "";
    }

    private static final Logger LOG = LoggerFactory.getLogger(LegacyKeys.class);
    private static final long LOOK_SECONDS = 2;
    private static final int MOST_CLAIMS = 1000;

    private final boolean enabled;
    private final LegacyKeyFile file;
    private final ExecutorService blocking;
    private final Optional<Future<?>> watch;
    private final Map<AgentId, String> claims = new ConcurrentHashMap<>();
    private volatile LegacyKeyFile.Content content = LegacyKeyFile.Content.of(Map.of(), List.of());
    private volatile String stamp = "";

    /** Reads the key file.
     * @param context tells the data directory
     * @param blocking reads the file again
     * @param timer says when
     * @param config whether, and which file */
    @Activate
    public LegacyKeys(
            BundleContext context,
            @Reference(target = "(weft.executor=blocking)") ExecutorService blocking,
            @Reference(target = "(weft.executor=timer)") ScheduledExecutorService timer,
            Config config) {
        this.enabled = config.chatixia();
        this.blocking = blocking;
        Path path =
                config.keys__file().isBlank()
                        ? DataFolder.of(context).resolve("keys/chatixia.json")
                        : Path.of(config.keys__file());
        this.file = new LegacyKeyFile(path);
        if (!enabled) {
            this.watch = Optional.empty();
            return;
        }
        LOG.warn(
                "compat.chatixia is ON: keys of {} and programs on this machine without credentials act as agents; bearer tokens are taken from URLs",
                path);
        load();
        this.watch =
                Optional.of(
                        timer.scheduleWithFixedDelay(
                                this::look, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS));
    }

    /** Stops looking at the file. */
    @Deactivate
    public void stop() {
        watch.ifPresent(looking -> looking.cancel(false));
    }

    private void look() {
        try {
            blocking.execute(
                    () -> {
                        if (!stamp.equals(file.stamp())) {
                            load();
                        }
                    });
        } catch (RejectedExecutionException busy) {
            LOG.debug("the host is too busy to look at the key file now");
        }
    }

    private void load() {
        stamp = file.stamp();
        content = file.read();
        content.remarks().forEach(remark -> LOG.warn("compat.chatixia: {}", remark));
        LOG.info("compat.chatixia: {} keys are good", content.keys().size());
    }

    static String hash(String key) {
        return HexFormat.of().formatHex(Secret.hash(key));
    }

    @Override
    public Optional<Principal> verify(String key) {
        // Found by its hash: how long that takes tells of hashes, and not of keys.
        return key == null || key.length() > 1024
                ? Optional.empty()
                : Optional.ofNullable(content.keys().get(hash(key)))
                        .map(peer -> new Principal(peer.value(), Role.AGENT));
    }

    @Override
    public boolean admits(AgentId id) {
        String owner = claims.get(id);
        return isPeer(id.value()) || owner != null && isCurrent(owner);
    }

    private boolean isPeer(String subject) {
        return content.peers().contains(subject);
    }

    /** What was claimed with a key ends with the key. */
    private boolean isCurrent(String subject) {
        return subject.equals(LOOPBACK.value()) || isPeer(subject);
    }

    @Override
    public boolean speaksFor(String subject, AgentId agent) {
        String owner = claims.get(agent);
        return owner != null && (owner.equals(subject) || subject.equals(LOOPBACK.value()));
    }

    @Override
    public synchronized boolean claim(String subject, AgentId agent) {
        claims.values().removeIf(owner -> !isCurrent(owner));
        if (agent.equals(LOOPBACK) || isPeer(agent.value()) && !agent.value().equals(subject)) {
            return false;
        }
        String owner = claims.get(agent);
        if (owner == null && claims.size() < MOST_CLAIMS) {
            claims.put(agent, subject);
            LOG.info("agent {} of the reference is spoken for by {}", agent, subject);
            return true;
        }
        return owner != null && owner.equals(subject);
    }

    @Override
    public String name() {
        return "compat-chatixia";
    }

    @Override
    public Status check() {
        return enabled
                ? Status.warning(
                        "compat.chatixia is on: agents of the reference and programs on this machine get in without pairing; turn it off when it is no longer needed"
                                + (content.remarks().isEmpty()
                                        ? ""
                                        : "; " + String.join("; ", content.remarks())))
                : Status.OK;
    }
}
