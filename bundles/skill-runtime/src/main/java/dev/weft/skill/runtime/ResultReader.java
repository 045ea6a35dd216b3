package dev.weft.skill.runtime;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.Method;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads what a method returns: how its result is waited for, and the schema of what the caller gets. */
final class ResultReader {
    private static final Logger LOG = LoggerFactory.getLogger(ResultReader.class);

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
            ready(element, mapper);
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
        if (type.getRawClass() == Void.class) {
            return new Result(Kind.NOTHING, null);
        }
        ready(type, mapper);
        return new Result(Kind.VALUE, schema(type, mapper));
    }

    /** Has Jackson look into a type now. It does so under a lock: else all calls that come just after a swap wait for the first. */
    private static void ready(JavaType type, ObjectMapper mapper) {
        try {
            mapper.getSerializerProviderInstance()
                    .findTypedValueSerializer(type.getRawClass(), true, null);
        } catch (JsonMappingException | RuntimeException | LinkageError unwritable) {
            LOG.debug("{} cannot be looked into ahead: {}", type, unwritable.toString());
        }
        if (type.getContentType() != null) {
            ready(type.getContentType(), mapper);
        }
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
