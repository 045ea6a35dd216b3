package dev.weft.llm.gemini;

import dev.weft.llm.provider.Kind;
import dev.weft.llm.provider.ProviderWire;
import java.util.Arrays;
import java.util.stream.Collectors;

class GeminiWireTest extends ProviderWire {
    @Override
    protected Kind kind() {
        return GeminiProvider.KIND;
    }

    @Override
    protected String path() {
        return "/v1beta";
    }

    /** The mock ends a tool call with a reason that the real server does not have. */
    @Override
    protected String toolCalls(String... paths) {
        return """
                {"candidates":[{"content":{"role":"model","parts":[%s]},"finishReason":"STOP","index":0}],
                 "usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":2,"totalTokenCount":5},"modelVersion":"m"}"""
                .formatted(
                        Arrays.stream(paths)
                                .map(
                                        path ->
                                                "{\"functionCall\":{\"name\":\"disk_usage\",\"args\":{\"path\":\"%s\"}}}"
                                                        .formatted(path))
                                .collect(Collectors.joining(",")));
    }

    @Override
    protected String models() {
        return """
                {"models":[{"name":"models/b-model","displayName":"B"},
                 {"name":"models/a-model","displayName":"A"}]}""";
    }

    @Override
    protected String answer(String text) {
        return """
                {"weather":"fine","candidates":[{"content":{"role":"model","parts":[{"text":"%s"}]},"finishReason":"STOP","index":0}],
                 "usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":2,"totalTokenCount":5},"modelVersion":"m"}"""
                .formatted(text);
    }

    @Override
    protected String cutStream() {
        return """
                data: {"candidates":[{"content":{"role":"model","parts":[{"text":"Hel"}]},"index":0}],"modelVersion":"m"}

                """;
    }

    @Override
    protected String badToolCall() {
        return """
                {"candidates":[{"content":{"role":"model","parts":[{"functionCall":{"name":"disk_usage","args":"{path:"}}]},"finishReason":"STOP","index":0}],
                 "usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":2,"totalTokenCount":5}}""";
    }

    @Override
    protected String stream(String text) {
        return piece(answer(text));
    }

    @Override
    protected String badToolStream() {
        return piece(badToolCall());
    }

    private static String piece(String document) {
        return "data: " + document.replace("\n", "") + "\n\n";
    }
}
