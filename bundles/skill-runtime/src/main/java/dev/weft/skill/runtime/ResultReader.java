package dev.weft.skill.runtime;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.Method;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/** Reads what a method returns: how its result is waited for, and the schema of what the caller gets. */
final class ResultReader {
    private ResultReader() {}

    /** How a result becomes one JSON value. */
    enum Kind {
        /** {@code void}: an empty object. */
        NOTHING,
        /** Written as it is, or when its stage is complete. */
        VALUE,
        /** The texts of a publisher, joined. */
        TEXTS,
        /** The elements of a publisher, as an array. */
        ELEMENTS
    }

    /** What a method returns.
     * @param kind how it is waited for
     * @param schema of the JSON value; null if it can be anything */
    record Result(Kind kind, JsonNode schema) {}

    static Result read(Method method, ObjectMapper mapper) {
        if (method.getReturnType() == void.class) {
            return new Result(Kind.NOTHING, null);
        }
        JavaType type = mapper.constructType(method.getGenericReturnType());
        if (type.isTypeOrSubTypeOf(Flow.Publisher.class)) {
            JavaType element = element(type, Flow.Publisher.class, mapper);
            if (CharSequence.class.isAssignableFrom(element.getRawClass())) {
                return new Result(Kind.TEXTS, Scalars.named("string"));
            }
            ObjectNode array = Scalars.named("array");
            JsonNode items = schema(element, mapper);
            if (items != null) {
                array.set("items", items);
            }
            return new Result(Kind.ELEMENTS, array);
        }
        if (type.isTypeOrSubTypeOf(CompletionStage.class)) {
            type = element(type, CompletionStage.class, mapper);
        }
        return type.getRawClass() == Void.class
                ? new Result(Kind.NOTHING, null)
                : new Result(Kind.VALUE, schema(type, mapper));
    }

    private static JavaType element(JavaType type, Class<?> of, ObjectMapper mapper) {
        JavaType[] bound = type.findTypeParameters(of);
        return bound.length == 1 ? bound[0] : mapper.constructType(Object.class);
    }

    /** A type that Jackson cannot look into is no reason to refuse a skill: its result is then said to be anything. */
    private static JsonNode schema(JavaType type, ObjectMapper mapper) {
        try {
            ObjectNode schema = Schemas.ofResults(mapper).of(type);
            return schema.isEmpty() ? null : schema;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
