package dev.weft.configuration;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.health.HealthCheck;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.Wire;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.osgi.framework.BundleContext;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the files that framework property {@code weft.configuration} lists (separated by the system's path separator) and
 * hands each PID in them to Configuration Admin. The files have the Configurator's format (OSGi Compendium 150): one JSON
 * object whose members are PIDs, factory instances written {@code factory~name}. A later file wins member by member, so
 * {@code etc/*.json} overrides what the launcher derived. The bundle starts before the rooms it configures.
 */
@Component(service = HealthCheck.class, immediate = true)
public final class ConfigurationFiles implements HealthCheck {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigurationFiles.class);

    private final List<String> problems = new ArrayList<>();

    /**
     * Applies the files.
     *
     * @param context the bundle's context
     * @param admin where configurations go
     */
    @Activate
    public ConfigurationFiles(BundleContext context, @Reference ConfigurationAdmin admin) {
        String files = context.getProperty("weft.configuration");
        Map<String, Hashtable<String, Object>> pids = new LinkedHashMap<>();
        if (files != null && !files.isEmpty()) {
            for (String file : files.split(File.pathSeparator)) {
                read(Path.of(file), pids);
            }
        }
        pids.forEach((pid, properties) -> apply(admin, pid, properties));
    }

    private void read(Path file, Map<String, Hashtable<String, Object>> pids) {
        try {
            JsonNode root = Wire.tree(Files.readString(file));
            if (!root.isObject()) {
                throw new ProtocolException(
                        "bad_json", "must be one JSON object with a member for each PID");
            }
            root.properties().stream()
                    .filter(member -> !member.getKey().startsWith(":"))
                    .forEach(member -> merge(file, pids, member.getKey(), member.getValue()));
        } catch (IOException | ProtocolException e) {
            problem(file + ": " + e.getMessage());
        }
    }

    private void merge(
            Path file,
            Map<String, Hashtable<String, Object>> pids,
            String pid,
            JsonNode properties) {
        if (!properties.isObject()) {
            problem(file + ": \"" + pid + "\" must be an object of configuration keys");
            return;
        }
        Hashtable<String, Object> all = pids.computeIfAbsent(pid, key -> new Hashtable<>());
        properties
                .properties()
                .forEach(
                        member -> {
                            Object value = value(member.getValue());
                            if (value == null) {
                                problem(
                                        file
                                                + ": \""
                                                + pid
                                                + "."
                                                + member.getKey()
                                                + "\" must be text, a number, true, false or a list of texts");
                            } else {
                                all.put(member.getKey(), value);
                            }
                        });
    }

    private static Object value(JsonNode node) {
        if (node.isTextual()) {
            return node.textValue();
        } else if (node.isBoolean()) {
            return node.booleanValue();
        } else if (node.isIntegralNumber() && node.canConvertToLong()) {
            return node.longValue();
        } else if (node.isNumber()) {
            return node.doubleValue();
        } else if (node.isArray()) {
            String[] texts = new String[node.size()];
            for (int i = 0; i < texts.length; i++) {
                texts[i] = node.get(i).asText();
            }
            return texts;
        }
        return null;
    }

    private void apply(
            ConfigurationAdmin admin, String pid, Dictionary<String, Object> properties) {
        int tilde = pid.indexOf('~');
        try {
            Configuration configuration =
                    tilde > 0
                            ? admin.getFactoryConfiguration(
                                    pid.substring(0, tilde), pid.substring(tilde + 1), "?")
                            : admin.getConfiguration(pid, "?");
            configuration.updateIfDifferent(properties);
        } catch (IOException e) {
            problem("configuration " + pid + " cannot be stored: " + e.getMessage());
        }
    }

    private void problem(String text) {
        LOG.error("{}", text);
        problems.add(text);
    }

    @Override
    public String name() {
        return "configuration";
    }

    @Override
    public Status check() {
        return problems.isEmpty() ? Status.OK : Status.notReady(String.join("; ", problems));
    }
}
