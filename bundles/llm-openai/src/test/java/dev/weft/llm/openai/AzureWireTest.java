package dev.weft.llm.openai;

import dev.weft.llm.provider.Kind;

/** The same wire under another path and with another header for the key. */
class AzureWireTest extends OpenAiWireTest {
    @Override
    protected Kind kind() {
        return AzureProvider.KIND;
    }

    @Override
    protected String path() {
        return "";
    }
}
