package dev.weft.skill.repository;

import static dev.weft.skill.repository.CatalogException.Code.MALFORMED;

import dev.weft.skill.repository.Entry.Clause;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** Reads an index of the OSGi Repository specification (R5): no DTD, no entities from elsewhere, everything bounded. Not thread-safe. */
final class Index {
    private static final int MAX_RESOURCES = 20_000;
    private static final int MAX_PER_RESOURCE = 2_000;
    private static final int MAX_PER_CLAUSE = 64;
    private static final int MAX_TEXT = 16 << 10;
    private static final String PART = "index-";

    /** Most resources require the same: each text and clause is kept once. */
    private final Map<Object, Object> pool = new HashMap<>();

    private final Map<String, String> attributes = new HashMap<>();
    private final Map<String, String> directives = new HashMap<>();
    private String namespace;

    /** The file that lists what a publisher published. */
    static String part(String namespace) {
        return PART + namespace + ".xml";
    }

    static boolean isPart(String name) {
        return name.startsWith(PART) && name.endsWith(".xml");
    }

    /** Reads one file.
     * @return the clauses of each resource
     * @throws CatalogException if it is broken or beyond the limits */
    List<List<Clause>> read(String file, byte[] xml) throws CatalogException {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        List<List<Clause>> resources = new ArrayList<>();
        try {
            XMLStreamReader reader = factory.createXMLStreamReader(new ByteArrayInputStream(xml));
            while (reader.hasNext()) {
                int event = reader.next();
                if (event == XMLStreamConstants.START_ELEMENT) {
                    start(file, reader, resources);
                } else if (event == XMLStreamConstants.END_ELEMENT && isClause(reader)) {
                    end(file, reader, resources);
                }
            }
            reader.close();
        } catch (XMLStreamException e) {
            throw new CatalogException(MALFORMED, file + " is broken: " + e.getMessage());
        }
        return resources;
    }

    private void start(String file, XMLStreamReader reader, List<List<Clause>> resources)
            throws CatalogException {
        String name = reader.getLocalName();
        if (name.equals("resource")) {
            resources.add(new ArrayList<>());
            limit(file, resources.size(), MAX_RESOURCES);
        } else if (isClause(reader)) {
            attributes.clear();
            directives.clear();
            namespace = text(file, reader, "namespace");
        } else if (name.equals("attribute") || name.equals("directive")) {
            Map<String, String> map = name.equals("attribute") ? attributes : directives;
            map.put(text(file, reader, "name"), text(file, reader, "value"));
            limit(file, map.size(), MAX_PER_CLAUSE);
        }
    }

    private void end(String file, XMLStreamReader reader, List<List<Clause>> resources)
            throws CatalogException {
        if (!resources.isEmpty()) {
            List<Clause> clauses = resources.get(resources.size() - 1);
            clauses.add(
                    once(
                            new Clause(
                                    reader.getLocalName().equals("capability"),
                                    namespace,
                                    Map.copyOf(attributes),
                                    Map.copyOf(directives))));
            limit(file, clauses.size(), MAX_PER_RESOURCE);
        }
    }

    private static boolean isClause(XMLStreamReader reader) {
        return reader.getLocalName().equals("capability")
                || reader.getLocalName().equals("requirement");
    }

    @SuppressWarnings("unchecked") // equal objects have the same type
    private <T> T once(T object) {
        Object known = pool.putIfAbsent(object, object);
        return known == null ? object : (T) known;
    }

    private static void limit(String file, int count, int most) throws CatalogException {
        if (count > most) {
            throw new CatalogException(MALFORMED, file + " has more than " + most + " entries");
        }
    }

    private String text(String file, XMLStreamReader reader, String attribute)
            throws CatalogException {
        String value = reader.getAttributeValue(null, attribute);
        if (value == null || value.length() > MAX_TEXT) {
            throw new CatalogException(
                    MALFORMED,
                    file
                            + ", line "
                            + reader.getLocation().getLineNumber()
                            + ": no "
                            + attribute
                            + " of at most 16 KiB");
        }
        return once(value);
    }
}
