package dev.weft.skill.config;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.event.Events;
import dev.weft.api.health.HealthCheck;
import dev.weft.api.skill.SkillSettings;
import dev.weft.skill.Skill;
import dev.weft.skill.SkillService;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.MetaTypeService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lays what was set for skills over what the host's files say, and hands it to Configuration Admin. */
@Component(
        service = {SkillSettings.class, HealthCheck.class},
        immediate = true)
public final class SkillConfiguration implements SkillSettings, HealthCheck {
    private static final Logger LOG = LoggerFactory.getLogger(SkillConfiguration.class);

    private final BundleContext context;
    private final ConfigurationAdmin admin;
    private final MetaTypeService metatypes;
    private final Events events;
    private final KeptValues kept;

    /** What the host's files say, by PID; without what is kept here. */
    private final Map<String, Map<String, Object>> base = new HashMap<>();

    /** Applies what is kept.
     * @param context tells the data folder and the skills' bundles
     * @param admin where configurations go
     * @param metatypes tells what can be set
     * @param events hears of changes */
    @Activate
    public SkillConfiguration(
            BundleContext context,
            @Reference ConfigurationAdmin admin,
            @Reference MetaTypeService metatypes,
            @Reference Events events) {
        this.context = context;
        this.admin = admin;
        this.metatypes = metatypes;
        this.events = events;
        kept = new KeptValues(Path.of(context.getProperty("weft.data"), "skill-config"));
        kept.problems().forEach(LOG::error);
        kept.all().forEach((pid, values) -> apply(pid, plain(values)));
    }

    @Override
    public synchronized Optional<Settings> find(String skill) {
        return definition(skill).map(this::settings);
    }

    @Override
    public Optional<Settings> replace(String skill, JsonNode values) {
        return definition(skill).map(definition -> write(skill, definition, values, false));
    }

    @Override
    public Optional<Settings> change(String skill, JsonNode values) {
        return definition(skill).map(definition -> write(skill, definition, values, true));
    }

    private Settings write(String skill, Definition definition, JsonNode values, boolean merge) {
        Settings now;
        synchronized (this) {
            Map<String, JsonNode> before = kept.of(definition.pid());
            Map<String, JsonNode> accepted = definition.accepted(values, before);
            if (merge) {
                Map<String, JsonNode> all = new LinkedHashMap<>(before);
                values.fieldNames().forEachRemaining(all::remove);
                all.putAll(accepted);
                accepted = all;
            }
            Map<String, Object> typed = new LinkedHashMap<>();
            accepted.forEach(
                    (key, value) -> {
                        Attribute attribute = definition.attributes().get(key);
                        if (attribute != null) {
                            typed.put(key, attribute.value(value));
                        }
                    });
            Map<String, Object> whole = new HashMap<>(base(definition.pid()));
            whole.putAll(typed);
            definition.complete(whole);
            kept.keep(definition.pid(), accepted);
            apply(definition.pid(), typed);
            now = settings(definition);
        }
        LOG.info("Configuration of skill {} changed", skill);
        events.publish("skill.configured", Map.of("id", skill, "pid", definition.pid()));
        return now;
    }

    private Settings settings(Definition definition) {
        return new Settings(
                definition.pid(), definition.schema(), definition.shown(current(definition.pid())));
    }

    private void apply(String pid, Map<String, Object> values) {
        Map<String, Object> whole = new HashMap<>(base(pid));
        whole.putAll(values);
        try {
            configuration(pid).updateIfDifferent(new Hashtable<>(whole));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Map<String, Object> base(String pid) {
        return base.computeIfAbsent(pid, this::current);
    }

    private Map<String, Object> current(String pid) {
        Dictionary<String, Object> properties = configuration(pid).getProperties();
        Map<String, Object> all = new HashMap<>();
        if (properties != null) {
            Collections.list(properties.keys()).stream()
                    .filter(key -> !key.startsWith("service."))
                    .forEach(key -> all.put(key, properties.get(key)));
        }
        return all;
    }

    private Configuration configuration(String pid) {
        try {
            return admin.getConfiguration(pid, "?");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is kept, before the skill that says the types is there: numbers come as the greatest of their kind. */
    private static Map<String, Object> plain(Map<String, JsonNode> values) {
        Map<String, Object> all = new LinkedHashMap<>();
        values.forEach(
                (key, value) -> {
                    if (value.isArray()) {
                        List<String> texts = new ArrayList<>();
                        value.forEach(element -> texts.add(element.asText()));
                        all.put(key, texts.toArray(String[]::new));
                    } else if (value.isBoolean()) {
                        all.put(key, value.booleanValue());
                    } else if (value.isIntegralNumber()) {
                        all.put(key, value.longValue());
                    } else if (value.isNumber()) {
                        all.put(key, value.doubleValue());
                    } else {
                        all.put(key, value.asText());
                    }
                });
        return all;
    }

    /** The metatype of the bundle that answers to a skill's id: of several, the one of the highest version. */
    private Optional<Definition> definition(String skill) {
        try {
            return Arrays.stream(
                            Optional.ofNullable(
                                            context.getAllServiceReferences(
                                                    SkillService.class.getName(), null))
                                    .orElseGet(() -> new org.osgi.framework.ServiceReference<?>[0]))
                    .map(reference -> reference.getBundle())
                    .filter(bundle -> bundle != null && offers(bundle, skill))
                    .max(Comparator.comparing(Bundle::getVersion))
                    .map(bundle -> Definition.of(metatypes, bundle, skill));
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean offers(Bundle bundle, String skill) {
        BundleRevision revision = bundle.adapt(BundleRevision.class);
        return revision != null
                && revision.getDeclaredCapabilities(Skill.NAMESPACE).stream()
                        .anyMatch(
                                capability ->
                                        skill.equals(
                                                capability.getAttributes().get(Skill.NAMESPACE)));
    }

    @Override
    public String name() {
        return "skill-config";
    }

    @Override
    public Status check() {
        return kept.problems().isEmpty()
                ? Status.OK
                : Status.warning(String.join("; ", kept.problems()));
    }
}
