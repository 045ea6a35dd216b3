package dev.weft.llm.provider;

import java.util.Map;
import java.util.function.Function;

/**
 * What tells one kind of provider from another.
 *
 * @param type its name; {@code dev.weft.llm.} and it is the configuration PID
 * @param defaultUrl address used if none is configured; empty if there must be one
 * @param defaultModel model used if none is configured; empty if there must be one
 * @param keyVariable environment variable with the key for {@code defaultUrl}; empty if it takes none
 * @param example an address to show in errors
 * @param keyHeaders header that carries a key
 * @param models makes the models
 */
public record Kind(
        String type,
        String defaultUrl,
        String defaultModel,
        String keyVariable,
        String example,
        Function<String, Map<String, String>> keyHeaders,
        Function<Settings, Models> models) {
    /** The configuration PID.
     * @return {@code dev.weft.llm.} and the type */
    public String pid() {
        return "dev.weft.llm." + type;
    }
}
