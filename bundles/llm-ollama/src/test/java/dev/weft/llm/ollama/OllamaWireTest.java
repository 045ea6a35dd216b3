package dev.weft.llm.ollama;

import dev.weft.llm.provider.Kind;
import dev.weft.llm.provider.ProviderWire;

class OllamaWireTest extends ProviderWire {
    @Override
    protected Kind kind() {
        return OllamaProvider.KIND;
    }

    @Override
    protected String path() {
        return "";
    }

    @Override
    protected String models() {
        return """
                {"models":[{"name":"b-model","model":"b-model","size":1,"digest":"d"},
                 {"name":"a-model","model":"a-model","size":1,"digest":"d"}]}""";
    }

    @Override
    protected String answer(String text) {
        return """
                {"model":"m","created_at":"2026-01-01T00:00:00Z","weather":"fine","message":{"role":"assistant","content":"%s"},
                 "done":true,"done_reason":"stop","prompt_eval_count":3,"eval_count":2}"""
                .formatted(text);
    }

    @Override
    protected String cutStream() {
        return """
                {"model":"m","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant","content":"Hel"},"done":false}
                """;
    }

    @Override
    protected String badToolCall() {
        return """
                {"model":"m","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant","content":"",
                 "tool_calls":[{"function":{"name":"disk_usage","arguments":"{path:"}}]},"done":true,"done_reason":"stop"}""";
    }

    @Override
    protected String stream(String text) {
        return """
                {"model":"m","created_at":"2026-01-01T00:00:00Z","weather":"fine","message":{"role":"assistant","content":"%s","mood":1},"done":false}
                {"model":"m","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","prompt_eval_count":3,"eval_count":2}
                """
                .formatted(text);
    }

    /** Where tools may be called the whole answer is asked for. */
    @Override
    protected String badToolStream() {
        return badToolCall();
    }
}
