package dev.weft.signaling.client;

import dev.weft.api.http.HttpAddress;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.mesh.CardListener;
import dev.weft.api.mesh.CardPart;
import dev.weft.api.mesh.CardSource;
import dev.weft.protocol.AgentCard;
import dev.weft.protocol.SkillCard;
import dev.weft.protocol.Wire;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.ComponentServiceObjects;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes this host's card out of what is here now. */
@Component(service = CardSource.class, configurationPid = SignalingConfig.PID)
@Designate(ocd = SignalingConfig.class)
public final class HostCard implements CardSource {
    private static final Logger LOG = LoggerFactory.getLogger(HostCard.class);
    private final HostIdentity identity;
    private final Map<String, String> labels;
    private final String role;
    private final String version;
    private final String hostname = Machine.hostname();
    private final String address = Machine.address();
    private final String platform =
            Machine.platform(System.getProperty("os.name"), System.getProperty("os.arch"));
    private final List<Late<CardPart>> parts = new CopyOnWriteArrayList<>();
    private final List<Late<CardListener>> listeners = new CopyOnWriteArrayList<>();
    private volatile Late<HttpAddress> http;

    /** Reads what does not change.
     * @param context knows role and version
     * @param config labels
     * @param identity who this host is */
    @Activate
    public HostCard(
            BundleContext context, SignalingConfig config, @Reference HostIdentity identity) {
        this(
                context.getProperty("weft.role"),
                context.getProperty("weft.version"),
                config.labels(),
                identity);
    }

    HostCard(String role, String version, String[] labels, HostIdentity identity) {
        this.identity = identity;
        this.role = Optional.ofNullable(role).orElse("all");
        this.version = Optional.ofNullable(version).orElse("");
        this.labels = parse(labels);
    }

    private static Map<String, String> parse(String[] labels) {
        Map<String, String> parsed = new HashMap<>();
        for (String label : labels) {
            int equals = label.indexOf('=');
            if (equals < 1 || label.length() > 256) {
                LOG.warn(
                        "label {} is left out: labels in {} are key=value, at most 256 characters",
                        Wire.quote(label),
                        SignalingConfig.PID);
            } else {
                parsed.put(label.substring(0, equals).strip(), label.substring(equals + 1).strip());
            }
        }
        return Map.copyOf(parsed);
    }

    /** A room adds to the card; it is got at the first card, since it may need the mesh that asks for it.
     * @param objects the part */
    @Reference(
            service = CardPart.class,
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    public void addPart(ComponentServiceObjects<CardPart> objects) {
        parts.add(new Late<>(objects));
        changed();
    }

    /** A room no longer adds to the card.
     * @param reference the part */
    public void removePart(ServiceReference<CardPart> reference) {
        parts.removeIf(part -> part.holds(reference));
        changed();
    }

    /** Someone wants to hear of changes.
     * @param objects the listener */
    @Reference(
            service = CardListener.class,
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    public void addListener(ComponentServiceObjects<CardListener> objects) {
        listeners.add(new Late<>(objects));
    }

    /** Someone no longer wants to hear of changes.
     * @param reference the listener */
    public void removeListener(ServiceReference<CardListener> reference) {
        listeners.removeIf(listener -> listener.holds(reference));
    }

    /** This host answers HTTP.
     * @param objects where */
    @Reference(
            service = HttpAddress.class,
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    public void setHttp(ComponentServiceObjects<HttpAddress> objects) {
        http = new Late<>(objects);
        changed();
    }

    /** This host no longer answers HTTP.
     * @param reference where it did */
    public void unsetHttp(ServiceReference<HttpAddress> reference) {
        Late<HttpAddress> known = http;
        http = known != null && known.holds(reference) ? null : known;
    }

    private static <T> Stream<T> now(List<Late<T>> all) {
        return all.stream().map(Late::get).filter(Objects::nonNull);
    }

    @Override
    public void changed() {
        now(listeners).forEach(CardListener::cardChanged);
    }

    @Override
    public AgentCard card() {
        List<SkillCard> skills = now(parts).flatMap(part -> part.skills().stream()).toList();
        double load = now(parts).mapToDouble(CardPart::load).max().orElse(0);
        HttpAddress at = http == null ? null : http.get();
        int port = at == null ? 0 : Math.max(0, at.uri().getPort());
        return new AgentCard(
                identity.agentId(),
                hostname,
                address,
                port,
                identity.agentId().value(),
                null,
                "running",
                role,
                identity.name(),
                skills,
                labels,
                version,
                platform,
                identity.publicKey(),
                load);
    }
}
