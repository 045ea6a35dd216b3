package dev.weft.skill.runtime;

import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.langchain4j.model.output.structured.Description;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Describes Java types as JSON Schema (a subset of draft 2020-12), the way Jackson reads them: what the schema lets through is what
 * the {@link ObjectMapper} takes. Used by one thread.
 */
final class Schemas {
    private final ObjectMapper mapper;
    private final boolean written;
    private final Set<Class<?>> open = new HashSet<>();

    /** Of what is read. */
    Schemas(ObjectMapper mapper) {
        this(mapper, false);
    }

    private Schemas(ObjectMapper mapper, boolean written) {
        this.mapper = mapper;
        this.written = written;
    }

    /** Of what is written: what a type has, not what it takes. */
    static Schemas ofResults(ObjectMapper mapper) {
        return new Schemas(mapper, true);
    }

    /** Describes a type.
     * @return a new node */
    ObjectNode of(JavaType type) {
        Class<?> raw = type.getRawClass();
        Optional<ObjectNode> scalar = Scalars.schema(raw);
        if (scalar.isPresent()) {
            return scalar.get();
        }
        if (isOptional(raw)) {
            return type.isReferenceType()
                    ? of(type.getContentType())
                    : Scalars.named(raw == OptionalDouble.class ? "number" : "integer");
        }
        if (raw.isEnum() || (raw.getSuperclass() != null && raw.getSuperclass().isEnum())) {
            return enumeration(raw);
        }
        if (type.isCollectionLikeType() || type.isArrayType()) {
            ObjectNode schema = Scalars.named("array");
            schema.set("items", of(type.getContentType()));
            if (Set.class.isAssignableFrom(raw)) {
                schema.put("uniqueItems", true);
            }
            return schema;
        }
        if (type.isMapLikeType()) {
            ObjectNode schema = Scalars.named("object");
            schema.set("additionalProperties", of(type.getContentType()));
            return schema;
        }
        return object(type);
    }

    /** Tells the types whose value may be left out.
     * @return true for {@code Optional} and its kin */
    static boolean isOptional(Class<?> raw) {
        return raw == Optional.class
                || raw == OptionalInt.class
                || raw == OptionalLong.class
                || raw == OptionalDouble.class;
    }

    private ObjectNode enumeration(Class<?> raw) {
        ObjectNode schema = Scalars.named("string");
        ArrayNode values = schema.putArray("enum");
        Class<?> type = raw.isEnum() ? raw : raw.getSuperclass();
        for (Object constant : type.getEnumConstants()) {
            values.add(mapper.valueToTree(constant).asText());
        }
        return schema;
    }

    private ObjectNode object(JavaType type) {
        Class<?> raw = type.getRawClass();
        ObjectNode schema = Scalars.named("object");
        Description about = raw.getAnnotation(Description.class);
        if (about != null) {
            schema.put("description", String.join("\n", about.value()));
        }
        // An interface says nothing about its members, and a type inside itself would never end.
        if (type.isAbstract() || !open.add(raw)) {
            return schema;
        }
        try {
            BeanDescription bean =
                    written
                            ? mapper.getSerializationConfig().introspect(type)
                            : mapper.getDeserializationConfig().introspect(type);
            ObjectNode properties = schema.putObject("properties");
            ArrayNode required = mapper.createArrayNode();
            for (BeanPropertyDefinition property : bean.findProperties()) {
                if (written ? property.couldSerialize() : property.couldDeserialize()) {
                    ObjectNode member = of(property.getPrimaryType());
                    description(raw, property).ifPresent(text -> member.put("description", text));
                    properties.set(property.getName(), member);
                    if (!written && isRequired(raw, property)) {
                        required.add(property.getName());
                    }
                }
            }
            if (!required.isEmpty()) {
                schema.set("required", required);
            }
            if (!written) {
                schema.put("additionalProperties", bean.findAnySetterAccessor() != null);
            }
            return schema;
        } finally {
            open.remove(raw);
        }
    }

    private static boolean isRequired(Class<?> owner, BeanPropertyDefinition property) {
        Boolean said = property.getMetadata().getRequired();
        // Jackson says false both for "not required" and for nothing said; a record has no
        // defaults, so its components are needed.
        return Boolean.TRUE.equals(said)
                || (owner.isRecord() && !isOptional(property.getRawPrimaryType()));
    }

    private static Optional<String> description(Class<?> owner, BeanPropertyDefinition property) {
        String text = property.getMetadata().getDescription();
        if (text != null) {
            return Optional.of(text);
        }
        try {
            Description about =
                    owner.getDeclaredField(property.getInternalName())
                            .getAnnotation(Description.class);
            return Optional.ofNullable(about).map(value -> String.join("\n", value.value()));
        } catch (NoSuchFieldException inherited) {
            return Optional.empty();
        }
    }
}
