package dev.weft.catalog;

import dev.weft.api.catalog.Details.Setting;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** Reads what can be set out of a bundle's metatype: no DTD, no entities, at most 200 keys. */
final class Metatype {
    private static final int MOST = 200;
    private static final int LONGEST = 1000;

    private Metatype() {}

    static List<Setting> read(byte[] xml) {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        List<Setting> settings = new ArrayList<>();
        try {
            XMLStreamReader reader = factory.createXMLStreamReader(new ByteArrayInputStream(xml));
            while (reader.hasNext() && settings.size() < MOST) {
                if (reader.next() == XMLStreamConstants.START_ELEMENT
                        && reader.getLocalName().equals("AD")) {
                    settings.add(setting(reader));
                }
            }
            reader.close();
        } catch (XMLStreamException e) {
            return settings; // what could be read; the host itself offers none of the rest either
        }
        return settings;
    }

    private static Setting setting(XMLStreamReader reader) {
        boolean required =
                !"false".equals(reader.getAttributeValue(null, "required"))
                        && reader.getAttributeValue(null, "default") == null;
        return new Setting(
                text(reader, "id"),
                text(reader, "name"),
                text(reader, "description"),
                required,
                "Password".equals(reader.getAttributeValue(null, "type")));
    }

    private static String text(XMLStreamReader reader, String attribute) {
        String value = reader.getAttributeValue(null, attribute);
        String text = value == null ? "" : value;
        return text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
    }
}
