package dev.weft.protocol;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * JSON of the wire, with its limits: depth 64, no duplicate keys, nothing after the document. Thread-safe; readers and
 * writers are made once.
 */
public final class Wire {
    /** Longest mesh message, in bytes of UTF-8. */
    public static final int MAX_MESH_MESSAGE = 16 << 20;

    /** Longest signaling frame, in bytes of UTF-8. */
    public static final int MAX_SIGNAL_FRAME = 256 << 10;

    /** Longest REST body, in bytes. */
    public static final int MAX_BODY = 2 << 20;

    /** Deepest nesting of JSON. */
    public static final int MAX_DEPTH = 64;

    // times are written as ISO 8601 text
    private static final SimpleModule TIMES =
            new SimpleModule("weft-times")
                    .addSerializer(Instant.class, ToStringSerializer.instance)
                    .addSerializer(Duration.class, ToStringSerializer.instance);
    private static final ObjectMapper MAPPER = mapper();
    private static final JsonFactory HEADS = factory(); // does not look for duplicates in payloads
    private static final ObjectReader SIGNAL_READER =
            MAPPER.readerFor(SignalMessage.class).with(new FiniteNumbers());
    private static final ObjectReader MESH_READER =
            MAPPER.readerFor(MeshMessage.class).with(new FiniteNumbers());
    private static final ObjectReader NUMBERED_READER =
            MAPPER.readerFor(NumberedMessage.Read.class).with(new FiniteNumbers());
    private static final ObjectReader TREE_READER =
            MAPPER.readerFor(JsonNode.class).with(new FiniteNumbers());
    private static final ObjectWriter SIGNAL_WRITER = MAPPER.writerFor(SignalMessage.class);
    private static final ObjectWriter MESH_WRITER = MAPPER.writerFor(MeshMessage.class);
    private static final ObjectWriter TREE_WRITER = MAPPER.writer();

    private Wire() {}

    private static JsonFactory factory() {
        StreamReadConstraints limits =
                StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_DEPTH)
                        .maxStringLength(MAX_MESH_MESSAGE)
                        .build();
        return JsonFactory.builder().streamReadConstraints(limits).build();
    }

    private static ObjectMapper mapper() {
        return JsonMapper.builder(factory())
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .addModule(TIMES)
                .build();
    }

    /** Reads a signaling frame.
     * @param json text of one frame
     * @return the message
     * @throws ProtocolException if it is too long, not JSON, or breaks a rule */
    public static SignalMessage signal(String json) {
        return read(SIGNAL_READER, json, MAX_SIGNAL_FRAME, "signaling frame");
    }

    /** Reads as much of a signaling frame as it takes to pass it on.
     * @param json text of one frame
     * @return its head
     * @throws ProtocolException if it is too long, not JSON, or breaks a rule outside its payload */
    public static SignalHead signalHead(String json) {
        checkLength(json, MAX_SIGNAL_FRAME, "signaling frame");
        try {
            return SignalHead.read(HEADS, json);
        } catch (JsonProcessingException e) {
            throw explain(e, "signaling frame");
        } catch (IOException e) {
            throw new ProtocolException("bad_json", "malformed signaling frame");
        }
    }

    /** Reads a mesh message.
     * @param json text of one message
     * @return the message
     * @throws ProtocolException if it is too long, not JSON, or breaks a rule */
    public static MeshMessage mesh(String json) {
        return read(MESH_READER, json, MAX_MESH_MESSAGE, "mesh message");
    }

    /** Reads the messages of a text frame: one object, or an array of them.
     * @param json UTF-8
     * @param each hears every message, in order
     * @return how many there were, at least one
     * @throws ProtocolException if the frame is too long, is not JSON, breaks a rule or is empty; the messages before that were heard */
    public static int messages(byte[] json, Consumer<NumberedMessage> each) {
        return messages(
                NUMBERED_READER,
                ByteBuffer.wrap(json),
                (NumberedMessage.Read read) -> each.accept(read.numbered()));
    }

    /** Reads the messages of a binary frame's body: a JSON array.
     * @param json UTF-8, in an array
     * @param each hears every message, in order
     * @return how many there were, at least one
     * @throws ProtocolException as {@link #messages(byte[], Consumer)} */
    public static int messages(ByteBuffer json, Consumer<MeshMessage> each) {
        LongTexts texts = LongTexts.of(json);
        return texts == null
                ? messages(MESH_READER, json, each)
                : messages(MESH_READER.with(texts), texts.rest(), each);
    }

    private static <T> int messages(ObjectReader reader, ByteBuffer json, Consumer<T> each) {
        if (json.remaining() > MAX_MESH_MESSAGE) {
            throw new ProtocolException(
                    "too_large", "a mesh message may have " + MAX_MESH_MESSAGE + " bytes");
        }
        int count = 0;
        try (MappingIterator<T> values =
                reader.readValues(
                        json.array(), json.arrayOffset() + json.position(), json.remaining())) {
            while (values.hasNextValue()) {
                T value = values.nextValue();
                if (value == null) {
                    break;
                }
                each.accept(value);
                count++;
            }
        } catch (JsonProcessingException e) {
            throw explain(e, "mesh message");
        } catch (IOException e) {
            throw new ProtocolException("bad_json", "malformed mesh message");
        }
        if (count == 0) {
            throw new ProtocolException(
                    "bad_json", "a mesh message must be a JSON document, got nothing");
        }
        return count;
    }

    /** Reads any JSON document.
     * @param json text
     * @return the document; never null
     * @throws ProtocolException if it is not one JSON document within the limits */
    public static JsonNode tree(String json) {
        return read(TREE_READER, json, MAX_MESH_MESSAGE, "document");
    }

    /** Turns a document into a record of this protocol.
     * @param <T> the record
     * @param node the document
     * @param type the record's class
     * @return the record
     * @throws ProtocolException if the document does not fit */
    public static <T> T as(JsonNode node, Class<T> type) {
        T value;
        try {
            value = node == null ? null : MAPPER.treeToValue(node, type);
        } catch (JsonProcessingException e) {
            throw explain(e, type.getSimpleName());
        }
        if (value == null) {
            throw new ProtocolException(
                    "bad_json", "expected a " + type.getSimpleName() + ", got nothing");
        }
        return value;
    }

    /** Turns a record of this protocol, a map or a list into a document.
     * @param value anything Jackson can write
     * @return the document */
    public static JsonNode node(Object value) {
        return MAPPER.valueToTree(value);
    }

    /** Makes an empty object to fill.
     * @return a new object */
    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** Writes a signaling frame.
     * @param message the message
     * @return one line of JSON */
    public static String write(SignalMessage message) {
        return write(SIGNAL_WRITER, message);
    }

    /** Writes a mesh message.
     * @param message the message
     * @return one line of JSON */
    public static String write(MeshMessage message) {
        return write(MESH_WRITER, message);
    }

    /** Writes a mesh message.
     * @param message the message
     * @return one line of JSON, UTF-8 */
    public static byte[] bytes(MeshMessage message) {
        return json(message).bytes();
    }

    /** Writes a mesh message. Long texts of its payload are not copied.
     * @param message the message
     * @return one line of JSON */
    public static JsonText json(MeshMessage message) {
        return json(MESH_WRITER, message);
    }

    /** Writes a document. Its long texts are not copied.
     * @param document any
     * @return one line of JSON */
    public static JsonText json(JsonNode document) {
        return json(TREE_WRITER, document);
    }

    private static JsonText json(ObjectWriter writer, Object value) {
        JsonText.Writer out = new JsonText.Writer();
        try (JsonGenerator generator = new LongTextWriter(writer.createGenerator(out), out)) {
            writer.writeValue(generator, value);
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot be written as JSON: " + e.getMessage(), e);
        }
        return out.written();
    }

    /** Writes a document or a record.
     * @param value anything Jackson can write
     * @return one line of JSON */
    public static String write(Object value) {
        return write(MAPPER.writer(), value);
    }

    private static String write(ObjectWriter writer, Object value) {
        try {
            return writer.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "cannot be written as JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static void checkLength(String json, int limit, String what) {
        if (json == null
                || json.length() > limit
                || (json.length() > limit / 3
                        && json.getBytes(StandardCharsets.UTF_8).length > limit)) {
            throw new ProtocolException(
                    "too_large",
                    "a "
                            + what
                            + " may have "
                            + limit
                            + " bytes"
                            + (json == null ? ", got none" : ""));
        }
    }

    private static <T> T read(ObjectReader reader, String json, int limit, String what) {
        checkLength(json, limit, what);
        T value;
        try {
            value = reader.readValue(json);
        } catch (JsonProcessingException e) {
            throw explain(e, what);
        }
        if (value == null || value instanceof JsonNode node && node.isMissingNode()) {
            throw new ProtocolException(
                    "bad_json", "a " + what + " must be a JSON document, got nothing");
        }
        return value;
    }

    private static ProtocolException explain(JsonProcessingException e, String what) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof ProtocolException known) {
                return known;
            }
        }
        return new ProtocolException(
                "bad_json", "malformed " + what + where(e) + ": " + firstLine(expected(e)));
    }

    private static String where(JsonProcessingException e) {
        if (e instanceof JsonMappingException mapping && !mapping.getPath().isEmpty()) {
            StringBuilder path = new StringBuilder();
            for (JsonMappingException.Reference step : mapping.getPath()) {
                path.append(
                        step.getFieldName() == null
                                ? "[" + step.getIndex() + "]"
                                : (path.isEmpty() ? "" : ".") + step.getFieldName());
            }
            return " at " + printable(path.toString(), 200);
        }
        JsonLocation location = e.getLocation();
        return location == null || location.getLineNr() < 1
                ? ""
                : " at line " + location.getLineNr() + ", column " + location.getColumnNr();
    }

    /** Says in words of JSON what Jackson says in names of Java classes. */
    private static String expected(JsonProcessingException e) {
        if (!(e instanceof MismatchedInputException mismatch) || mismatch.getTargetType() == null) {
            return e.getOriginalMessage();
        }
        Class<?> type = mismatch.getTargetType();
        if (type == String.class || type == AgentId.class) {
            return "expected a string";
        } else if (type.isPrimitive() || Number.class.isAssignableFrom(type)) {
            return "expected a "
                    + (type == boolean.class
                            ? "boolean"
                            : "number within the range of " + type.getSimpleName());
        }
        return Collection.class.isAssignableFrom(type) ? "expected an array" : "expected an object";
    }

    private static String firstLine(String text) {
        return printable(text == null ? "" : text.lines().findFirst().orElse(""), 200);
    }

    /** Copies a list that came from the wire; an absent one is empty. */
    static <T> List<T> list(String member, List<T> values) {
        if (values == null) {
            return List.of();
        }
        if (values.stream().anyMatch(Objects::isNull)) {
            throw new ProtocolException("bad_json", member + " must not hold null");
        }
        return List.copyOf(values);
    }

    /** Quotes untrusted text for an error message: at most 80 characters, no control characters.
     * @param text any text, may be null
     * @return the text in double quotes, or {@code nothing} */
    public static String quote(String text) {
        if (text == null) {
            return "nothing";
        }
        return '"' + printable(text, 80) + '"';
    }

    private static String printable(String text, int max) {
        String start =
                text.length() > max
                        ? text.substring(0, max) + "…"
                        : text; // cut first: the text may be huge
        return Hidden.IN_LINE.matcher(start).replaceAll("?");
    }
}
