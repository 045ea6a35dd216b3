package dev.weft.skill.repository.scan;

import dev.weft.protocol.Wire;
import dev.weft.skill.repository.manifest.Headers;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** The components that a jar declares: which classes the component runtime makes, and what they offer to the host. */
final class Components {
    private static final Set<String> OFFERED =
            Set.of(
                    "dev.weft.skill.SkillService",
                    "dev.weft.skill.DynamicSkill",
                    "dev.weft.skill.SkillHealth",
                    "dev.weft.api.health.HealthCheck");
    private static final Set<String> TAKES_OVER =
            Set.of("osgi.http.whiteboard.", "osgi.jaxrs.", "osgi.command.", "event.topics");

    private final Map<String, byte[]> entries;
    private final Findings findings;
    private final Set<String> implementations = new LinkedHashSet<>();

    Components(Map<String, byte[]> entries, Findings findings) {
        this.entries = entries;
        this.findings = findings;
    }

    /** Reads all descriptions.
     * @param header {@code Service-Component}
     * @return internal names of the classes
     * @throws NotScanned if one cannot be read */
    Set<String> read(List<Headers.Clause> header) throws NotScanned {
        Set<String> files = new LinkedHashSet<>();
        for (Headers.Clause clause : header) {
            for (String name : clause.names()) {
                Pattern pattern = pattern(name.startsWith("/") ? name.substring(1) : name);
                entries.keySet().stream()
                        .filter(e -> pattern.matcher(e).matches())
                        .forEach(files::add);
            }
        }
        for (String name : entries.keySet()) {
            if (name.startsWith("OSGI-INF/") && name.endsWith(".xml")) {
                files.add(name);
            }
            if (name.startsWith("OSGI-INF/configurator/")) {
                findings.high(
                        "host-configuration",
                        Wire.quote(name) + " would change the configuration of the host");
            }
        }
        for (String file : files) {
            xml(file, entries.get(file));
        }
        return implementations;
    }

    private static Pattern pattern(String name) {
        StringBuilder text = new StringBuilder();
        for (String part : name.split("\\*", -1)) {
            text.append(text.isEmpty() ? "" : "[^/]*").append(Pattern.quote(part));
        }
        return Pattern.compile(text.toString());
    }

    private void xml(String file, byte[] bytes) throws NotScanned {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        try {
            XMLStreamReader reader = factory.createXMLStreamReader(new ByteArrayInputStream(bytes));
            while (reader.hasNext()) {
                if (reader.next() == XMLStreamConstants.START_ELEMENT) {
                    element(file, reader);
                }
            }
            reader.close();
        } catch (XMLStreamException | IOException | IllegalArgumentException e) {
            throw new NotScanned(Wire.quote(file) + " cannot be read: " + e.getMessage());
        }
    }

    private void element(String file, XMLStreamReader reader) throws IOException {
        switch (reader.getLocalName()) {
            case "implementation" ->
                    implementations.add(value(reader, "class").replace('.', '/').strip());
            case "provide" -> offers(file, value(reader, "interface").strip());
            case "property", "factory-property" ->
                    property(file, value(reader, "name"), value(reader, "value"));
            case "properties", "factory-properties" -> {
                Properties properties = new Properties();
                byte[] listed = entries.get(value(reader, "entry"));
                if (listed != null) {
                    properties.load(
                            new StringReader(new String(listed, StandardCharsets.ISO_8859_1)));
                }
                for (String name : properties.stringPropertyNames()) {
                    property(file, name, properties.getProperty(name));
                }
            }
            default -> {
                // nothing that reaches the host
            }
        }
    }

    private static String value(XMLStreamReader reader, String attribute) {
        String value = reader.getAttributeValue(null, attribute);
        return value == null ? "" : value;
    }

    private void offers(String file, String service) {
        boolean own = entries.containsKey(service.replace('.', '/') + ".class");
        if (!own && !OFFERED.contains(service)) {
            findings.high(
                    "host-service", file + " offers " + service + ", which is the host's to offer");
        }
    }

    private void property(String file, String name, String value) {
        if (name.equals("service.ranking") && !value.strip().equals("0")) {
            findings.high(
                    "service-ranking", file + " sets service.ranking, to be chosen before others");
        }
        if (TAKES_OVER.stream().anyMatch(name::startsWith)) {
            findings.high(
                    "host-extension",
                    file + " sets " + name + ", which adds to the host's own web or shell");
        }
    }
}
