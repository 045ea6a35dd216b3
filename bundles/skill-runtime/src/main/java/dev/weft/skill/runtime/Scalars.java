package dev.weft.skill.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.net.URL;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Currency;
import java.util.Date;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/** The types that are one JSON value: how each is described. */
final class Scalars {
    private static final Map<Class<?>, ObjectNode> SCHEMAS = schemas();

    private Scalars() {}

    /** Finds the schema of a type.
     * @return a new node; empty if the type is not one JSON value */
    static Optional<ObjectNode> schema(Class<?> type) {
        return Optional.ofNullable(SCHEMAS.get(type)).map(ObjectNode::deepCopy);
    }

    /** A schema that says the JSON type only.
     * @return a new node */
    static ObjectNode named(String type) {
        return JsonNodeFactory.instance.objectNode().put("type", type);
    }

    private static Map<Class<?>, ObjectNode> schemas() {
        Map<Class<?>, ObjectNode> all = new HashMap<>();
        put(all, named("boolean"), boolean.class, Boolean.class);
        put(
                all,
                named("integer"),
                byte.class,
                Byte.class,
                short.class,
                Short.class,
                int.class,
                Integer.class,
                long.class,
                Long.class,
                BigInteger.class);
        put(
                all,
                named("number"),
                float.class,
                Float.class,
                double.class,
                Double.class,
                BigDecimal.class,
                Number.class);
        put(
                all,
                named("string"),
                String.class,
                CharSequence.class,
                Path.class,
                File.class,
                Charset.class,
                ZoneId.class,
                Locale.class,
                Currency.class,
                Pattern.class);
        put(
                all,
                named("string").put("minLength", 1).put("maxLength", 1),
                char.class,
                Character.class);
        put(all, named("string").put("contentEncoding", "base64"), byte[].class);
        put(
                all,
                named("string").put("format", "date-time"),
                Instant.class,
                OffsetDateTime.class,
                ZonedDateTime.class,
                Date.class);
        put(
                all,
                named("string")
                        .put("description", "local date and time, such as 2026-01-31T08:30:00"),
                LocalDateTime.class);
        put(all, named("string").put("format", "date"), LocalDate.class);
        put(all, named("string").put("format", "time"), LocalTime.class);
        put(all, named("string").put("format", "duration"), Duration.class, Period.class);
        put(all, named("string").put("format", "uuid"), UUID.class);
        put(all, named("string").put("format", "uri"), URI.class, URL.class);
        put(all, named("object"), ObjectNode.class);
        put(all, named("array"), ArrayNode.class);
        put(all, JsonNodeFactory.instance.objectNode(), JsonNode.class, Object.class);
        return Map.copyOf(all);
    }

    private static void put(Map<Class<?>, ObjectNode> all, ObjectNode schema, Class<?>... types) {
        for (Class<?> type : types) {
            all.put(type, schema);
        }
    }
}
