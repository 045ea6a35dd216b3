package dev.weft.skill.repository;

import static dev.weft.skill.repository.CatalogException.Code.MALFORMED;

import dev.weft.skill.repository.Entry.Clause;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** Reads an index of the OSGi Repository specification (R5): no DTD, no entities from elsewhere, everything bounded. */
final class Index {
    private static final int MAX_RESOURCES = 20_000;
    private static final int MAX_PER_RESOURCE = 2_000;
    private static final int MAX_TEXT = 16 << 10;

    private Index() {}

    static List<List<Clause>> read(byte[] xml) throws CatalogException {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        List<List<Clause>> resources = new ArrayList<>();
        try {
            XMLStreamReader reader = factory.createXMLStreamReader(new ByteArrayInputStream(xml));
            while (reader.hasNext()) {
                if (reader.next() == XMLStreamConstants.START_ELEMENT) {
                    element(reader, resources);
                }
            }
            reader.close();
        } catch (XMLStreamException e) {
            throw new CatalogException(MALFORMED, "index.xml is broken: " + e.getMessage());
        }
        return resources;
    }

    private static void element(XMLStreamReader reader, List<List<Clause>> resources)
            throws CatalogException {
        String name = reader.getLocalName();
        if (name.equals("resource")) {
            resources.add(new ArrayList<>());
            limit(resources.size(), MAX_RESOURCES);
            return;
        }
        if (resources.isEmpty()) {
            return;
        }
        List<Clause> clauses = resources.get(resources.size() - 1);
        if (name.equals("capability") || name.equals("requirement")) {
            clauses.add(
                    new Clause(
                            name.equals("capability"),
                            text(reader, "namespace"),
                            new TreeMap<>(),
                            new TreeMap<>()));
            limit(clauses.size(), MAX_PER_RESOURCE);
        } else if (!clauses.isEmpty() && (name.equals("attribute") || name.equals("directive"))) {
            Clause last = clauses.get(clauses.size() - 1);
            (name.equals("attribute") ? last.attributes() : last.directives())
                    .put(text(reader, "name"), text(reader, "value"));
        }
    }

    private static void limit(int count, int most) throws CatalogException {
        if (count > most) {
            throw new CatalogException(MALFORMED, "index.xml has more than " + most + " entries");
        }
    }

    private static String text(XMLStreamReader reader, String attribute) throws CatalogException {
        String value = reader.getAttributeValue(null, attribute);
        if (value == null || value.length() > MAX_TEXT) {
            throw new CatalogException(
                    MALFORMED,
                    "index.xml, line "
                            + reader.getLocation().getLineNumber()
                            + ": no "
                            + attribute
                            + " of at most 16 KiB");
        }
        return value;
    }
}
