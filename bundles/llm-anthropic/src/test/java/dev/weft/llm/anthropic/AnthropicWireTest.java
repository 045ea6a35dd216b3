package dev.weft.llm.anthropic;

import dev.weft.llm.provider.Kind;
import dev.weft.llm.provider.ProviderWire;

class AnthropicWireTest extends ProviderWire {
    @Override
    protected Kind kind() {
        return AnthropicProvider.KIND;
    }

    @Override
    protected String path() {
        return "/v1";
    }

    @Override
    protected String models() {
        return """
                {"data":[{"type":"model","id":"b-model","display_name":"B","created_at":"2026-01-01T00:00:00Z"},
                 {"type":"model","id":"a-model","display_name":"A","created_at":"2026-01-01T00:00:00Z"}],"has_more":false,"first_id":"b-model","last_id":"a-model"}""";
    }

    @Override
    protected String answer(String text) {
        return """
                {"id":"m1","type":"message","role":"assistant","model":"m","weather":"fine","content":[{"type":"text","text":"%s"}],
                 "stop_reason":"end_turn","usage":{"input_tokens":3,"output_tokens":2}}"""
                .formatted(text);
    }

    @Override
    protected String cutStream() {
        return """
                event: message_start
                data: {"type":"message_start","message":{"id":"m1","type":"message","role":"assistant","model":"m","content":[],"usage":{"input_tokens":3,"output_tokens":1}}}

                event: content_block_start
                data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

                event: content_block_delta
                data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hel"}}

                """;
    }

    @Override
    protected String badToolCall() {
        return """
                {"id":"m1","type":"message","role":"assistant","model":"m","content":[{"type":"tool_use","id":"t1","name":"disk_usage","input":"{path:"}],
                 "stop_reason":"tool_use","usage":{"input_tokens":3,"output_tokens":2}}""";
    }

    private static final String BEGIN =
            """
            event: message_start
            data: {"type":"message_start","message":{"id":"m1","type":"message","role":"assistant","model":"m","weather":"fine","content":[],"usage":{"input_tokens":3,"output_tokens":1}}}

            event: ping
            data: {"type":"ping"}

            """;
    private static final String END =
            """
            event: content_block_stop
            data: {"type":"content_block_stop","index":0}

            event: message_delta
            data: {"type":"message_delta","delta":{"stop_reason":"%s","mood":1},"usage":{"output_tokens":2}}

            event: message_stop
            data: {"type":"message_stop"}

            """;

    @Override
    protected String stream(String text) {
        return BEGIN
                + """
                event: content_block_start
                data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":"","colour":"red"}}

                event: content_block_delta
                data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"%s","mood":1}}

                """
                        .formatted(text)
                + END.formatted("end_turn");
    }

    @Override
    protected String badToolStream() {
        return BEGIN
                + """
                event: content_block_start
                data: {"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t1","name":"disk_usage","input":{}}}

                event: content_block_delta
                data: {"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{path:"}}

                """
                + END.formatted("tool_use");
    }
}
