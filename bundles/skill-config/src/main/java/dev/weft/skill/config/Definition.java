package dev.weft.skill.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.Wire;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.osgi.framework.Bundle;
import org.osgi.service.metatype.AttributeDefinition;
import org.osgi.service.metatype.MetaTypeInformation;
import org.osgi.service.metatype.MetaTypeService;
import org.osgi.service.metatype.ObjectClassDefinition;

/**
 * What can be set for one skill.
 *
 * @param pid its PID
 * @param title what the skill calls it
 * @param attributes by key
 */
record Definition(String pid, String title, Map<String, Attribute> attributes) {
    /** Reads the metatype of a bundle.
     * @param skill an id that the bundle offers
     * @return null if there is nothing to set */
    static Definition of(MetaTypeService metatypes, Bundle bundle, String skill) {
        MetaTypeInformation information = metatypes.getMetaTypeInformation(bundle);
        String[] pids = information == null ? null : information.getPids();
        if (pids == null || pids.length == 0) {
            return null;
        }
        String pid =
                Arrays.stream(pids)
                        .filter(candidate -> candidate.endsWith("." + skill))
                        .findFirst()
                        .orElse(pids.length == 1 ? pids[0] : null);
        if (pid == null) {
            return null;
        }
        ObjectClassDefinition definition = information.getObjectClassDefinition(pid, null);
        Map<String, Attribute> attributes = new LinkedHashMap<>();
        Set<String> required =
                definitions(definition, ObjectClassDefinition.REQUIRED).stream()
                        .map(AttributeDefinition::getID)
                        .collect(Collectors.toSet());
        for (AttributeDefinition attribute : definitions(definition, ObjectClassDefinition.ALL)) {
            attributes.put(
                    attribute.getID(),
                    new Attribute(attribute, required.contains(attribute.getID())));
        }
        return new Definition(pid, definition.getName(), attributes);
    }

    private static List<AttributeDefinition> definitions(ObjectClassDefinition of, int filter) {
        AttributeDefinition[] all = of.getAttributeDefinitions(filter);
        return all == null ? List.of() : List.of(all);
    }

    ObjectNode schema() {
        ObjectNode schema = Wire.object().put("type", "object").put("title", title);
        ObjectNode properties = schema.putObject("properties");
        ArrayNode required = schema.putArray("required");
        attributes.forEach(
                (key, attribute) -> {
                    properties.set(key, attribute.schema());
                    if (attribute.mustBeSet()) {
                        required.add(key);
                    }
                });
        return schema.put("additionalProperties", false);
    }

    /** What counts: what is set, else the defaults.
     * @param set as Configuration Admin has it */
    ObjectNode shown(Map<String, Object> set) {
        ObjectNode values = Wire.object();
        attributes.forEach(
                (key, attribute) -> {
                    JsonNode shown = null;
                    if (set.containsKey(key)) {
                        shown = attribute.shown(set.get(key));
                    } else if (!attribute.isSecret() && attribute.schema().has("default")) {
                        shown = attribute.standard();
                    }
                    if (shown != null) {
                        values.set(key, shown);
                    }
                });
        return values;
    }

    /** Reads what somebody sets; {@code null} members are left out.
     * @param before what is kept now; a masked secret stands for what it has
     * @throws ProtocolException code {@code bad_config}, with everything that is wrong */
    Map<String, JsonNode> accepted(JsonNode values, Map<String, JsonNode> before) {
        if (!values.isObject()) {
            throw new ProtocolException("bad_config", "the configuration must be a JSON object");
        }
        Map<String, JsonNode> accepted = new LinkedHashMap<>();
        List<String> problems = new ArrayList<>();
        values.properties()
                .forEach(
                        member -> {
                            Attribute attribute = attributes.get(member.getKey());
                            JsonNode value = member.getValue();
                            if (attribute == null) {
                                problems.add(
                                        "there is no key "
                                                + Wire.quote(member.getKey())
                                                + "; there are "
                                                + String.join(", ", attributes.keySet()));
                            } else if (attribute.isSecret()
                                    && Attribute.MASK.equals(value.asText())) {
                                if (before.containsKey(member.getKey())) {
                                    accepted.put(member.getKey(), before.get(member.getKey()));
                                }
                            } else if (!value.isNull()) {
                                try {
                                    attribute.value(value);
                                    accepted.put(member.getKey(), value);
                                } catch (ProtocolException e) {
                                    problems.add(e.getMessage());
                                }
                            }
                        });
        if (!problems.isEmpty()) {
            throw new ProtocolException("bad_config", String.join("; ", problems));
        }
        return accepted;
    }

    /** Holds a whole configuration against what must be set. */
    void complete(Map<String, Object> set) {
        List<String> missing =
                attributes.values().stream()
                        .filter(
                                attribute ->
                                        attribute.mustBeSet() && !set.containsKey(attribute.key()))
                        .map(Attribute::key)
                        .toList();
        if (!missing.isEmpty()) {
            throw new ProtocolException(
                    "bad_config", "these must be set: " + String.join(", ", missing));
        }
    }
}
