package dev.weft.http.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.protocol.Wire;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * The shapes of {@code openapi.json}, turned into JSON Schema. There a member is {@code "name": "type"}: a JSON type, {@code any}, the name of
 * another shape, one of these and {@code []}, or several with {@code |}. {@code name?} may be absent, {@code +} takes over the members of another
 * shape, {@code ...} admits members that are not named.
 */
final class Schemas {
    private final JsonNode source;

    Schemas() {
        try (InputStream in = Schemas.class.getResourceAsStream("openapi.json")) {
            source = Wire.tree(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("openapi.json of this bundle cannot be read", e);
        }
    }

    /** What is said of a route; missing if nothing is. */
    JsonNode operation(Route route) {
        return source.path("operations").path(route.method() + " " + route.template());
    }

    ObjectNode all() {
        ObjectNode schemas = Wire.object();
        source.path("schemas")
                .properties()
                .forEach(
                        shape -> {
                            ObjectNode schema =
                                    schemas.putObject(shape.getKey()).put("type", "object");
                            schema.putObject("properties");
                            schema.putArray("required");
                            schema.put("additionalProperties", false);
                            members(schema, shape.getValue());
                        });
        return schemas;
    }

    private void members(ObjectNode schema, JsonNode shape) {
        shape.properties()
                .forEach(
                        member -> {
                            String name = member.getKey();
                            String type = member.getValue().asText();
                            if (name.equals("+")) {
                                members(schema, source.path("schemas").path(type));
                            } else if (name.equals("...")) {
                                schema.put("additionalProperties", true);
                            } else {
                                boolean optional = name.endsWith("?");
                                String plain =
                                        optional ? name.substring(0, name.length() - 1) : name;
                                schema.withObjectProperty("properties").set(plain, type(type));
                                if (!optional) {
                                    ((ArrayNode) schema.path("required")).add(plain);
                                }
                            }
                        });
    }

    /** The schema of a type as {@code openapi.json} names it. */
    ObjectNode type(String name) {
        ObjectNode schema = Wire.object();
        if (name.contains("|")) {
            ArrayNode choice = schema.putArray("anyOf");
            for (String one : name.split("\\|")) {
                choice.add(type(one));
            }
        } else if (name.endsWith("[]")) {
            schema.put("type", "array").set("items", type(name.substring(0, name.length() - 2)));
        } else if (source.path("schemas").has(name)) {
            schema.put("$ref", "#/components/schemas/" + name);
        } else if (!name.equals("any")) {
            schema.put("type", name);
        }
        return schema;
    }
}
