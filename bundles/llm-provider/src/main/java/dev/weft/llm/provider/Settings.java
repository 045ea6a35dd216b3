package dev.weft.llm.provider;

import dev.langchain4j.http.client.HttpClientBuilder;
import java.net.URI;
import java.time.Duration;

/**
 * What a kind builds its models from: the configuration, checked.
 *
 * @param id name in routes
 * @param server address of the server
 * @param model name of the model
 * @param apiVersion may be empty
 * @param timeout for a whole request
 * @param temperature null for the server's default
 * @param maxOutputTokens null for the server's default
 * @param http sends requests, with the key
 */
public record Settings(
        String id,
        URI server,
        String model,
        String apiVersion,
        Duration timeout,
        Double temperature,
        Integer maxOutputTokens,
        HttpClientBuilder http) {}
