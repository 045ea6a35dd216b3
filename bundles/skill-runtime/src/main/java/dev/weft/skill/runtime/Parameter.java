package dev.weft.skill.runtime;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.weft.api.task.TaskException;
import dev.weft.protocol.Wire;
import java.io.IOException;

/**
 * One argument of a tool: how it is read.
 *
 * @param name its name in the input; "" for the task context, which is no part of the input
 * @param schema what it must look like
 * @param required whether it may be left out
 * @param reader reads a value
 * @param absent what the method gets if it is left out; may be null
 */
record Parameter(
        String name, JsonNode schema, boolean required, ObjectReader reader, Object absent) {
    static final Parameter CONTEXT = new Parameter("", null, false, null, null);

    /** All arguments as they came. */
    static final Parameter INPUT = new Parameter(".", null, false, null, null);

    /** Reads the argument out of an input that fits the schema.
     * @throws TaskException code {@code bad_arguments} if the value is no such thing after all: a number out of range, a date that is none */
    Object read(String call, JsonNode input) {
        if (this == INPUT) {
            return input;
        }
        JsonNode value = input.get(name);
        if (value == null || value.isNull()) {
            return absent;
        }
        try {
            return reader.readValue(value);
        } catch (IOException | IllegalArgumentException e) {
            String wanted =
                    Arguments.expectation(schema) + ", got " + Arguments.shown(value) + detail(e);
            throw new TaskException(
                    "bad_arguments",
                    call + ": argument " + Wire.quote(name) + " must be " + wanted,
                    e);
        }
    }

    /** What the schema's words leave open. Jackson names Java types, which mean nothing to the caller: only the root of it is told. */
    private String detail(Exception failure) {
        if (schema.has("format") || schema.has("contentEncoding")) {
            return "";
        }
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message =
                root instanceof JsonProcessingException json
                        ? json.getOriginalMessage()
                        : root.getMessage();
        if (message == null || message.isBlank()) {
            return "";
        }
        String line = message.lines().findFirst().orElse("");
        return " (" + (line.length() > 160 ? line.substring(0, 160) + "…" : line) + ")";
    }
}
