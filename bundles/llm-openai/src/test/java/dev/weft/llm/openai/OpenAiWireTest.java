package dev.weft.llm.openai;

import dev.weft.llm.provider.Kind;
import dev.weft.llm.provider.ProviderWire;

class OpenAiWireTest extends ProviderWire {
    @Override
    protected Kind kind() {
        return OpenAiProvider.KIND;
    }

    @Override
    protected String path() {
        return "/v1";
    }

    @Override
    protected String models() {
        return """
                {"object":"list","data":[{"id":"b-model","object":"model","created":1,"owned_by":"x"},
                 {"id":"a-model","object":"model","created":1,"owned_by":"x"}]}""";
    }

    @Override
    protected String answer(String text) {
        return """
                {"id":"c1","object":"chat.completion","model":"m","weather":"fine","choices":[{"index":0,"finish_reason":"stop",
                 "message":{"role":"assistant","content":"%s","mood":1}}],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}}"""
                .formatted(text);
    }

    @Override
    protected String cutStream() {
        return """
                data: {"id":"c1","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"Hel"}}]}

                """;
    }

    @Override
    protected String badToolCall() {
        return """
                {"id":"c2","object":"chat.completion","model":"m","choices":[{"index":0,"finish_reason":"tool_calls","message":{"role":"assistant",
                 "content":null,"tool_calls":[{"id":"t1","type":"function","function":{"name":"disk_usage","arguments":"{path:"}}]}}]}""";
    }

    @Override
    protected String stream(String text) {
        return """
                data: {"id":"c1","object":"chat.completion.chunk","model":"m","weather":"fine","choices":[{"index":0,"mood":1,"delta":{"role":"assistant","content":"%s","colour":"red"}}]}

                data: {"id":"c1","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

                data: [DONE]

                """
                .formatted(text);
    }

    @Override
    protected String badToolStream() {
        return """
                data: {"id":"c2","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":{"role":"assistant","tool_calls":[{"index":0,"id":"t1","type":"function","function":{"name":"disk_usage","arguments":"{path:"}}]}}]}

                data: {"id":"c2","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}

                data: [DONE]

                """;
    }
}
