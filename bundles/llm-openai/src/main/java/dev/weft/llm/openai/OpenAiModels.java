package dev.weft.llm.openai;

import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiModelCatalog;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.weft.llm.provider.Models;
import dev.weft.llm.provider.Settings;
import java.util.Map;

/** LangChain4j's OpenAI clients, as both OpenAI and Azure use them. */
final class OpenAiModels {
    private OpenAiModels() {}

    /** Makes the models.
     * @param settings the configuration
     * @param url up to and without {@code /chat/completions}
     * @param query parameters of each request
     * @return the models */
    static Models of(Settings settings, String url, Map<String, String> query) {
        return of(settings, url, url, query);
    }

    /** Makes the models.
     * @param settings the configuration
     * @param url up to and without {@code /chat/completions}
     * @param catalogUrl up to and without {@code /models}
     * @param query parameters of each request
     * @return the models */
    static Models of(Settings settings, String url, String catalogUrl, Map<String, String> query) {
        OpenAiModelCatalog catalog =
                OpenAiModelCatalog.builder()
                        .httpClientBuilder(settings.http())
                        .baseUrl(catalogUrl)
                        .customQueryParams(query)
                        .build();
        return new Models(
                OpenAiChatModel.builder()
                        .httpClientBuilder(settings.http())
                        .baseUrl(url)
                        .customQueryParams(query)
                        .modelName(settings.model())
                        .temperature(settings.temperature())
                        .maxTokens(settings.maxOutputTokens())
                        .timeout(settings.timeout())
                        .maxRetries(0)
                        .logRequests(false)
                        .logResponses(false)
                        .build(),
                OpenAiStreamingChatModel.builder()
                        .httpClientBuilder(settings.http())
                        .baseUrl(url)
                        .customQueryParams(query)
                        .modelName(settings.model())
                        .temperature(settings.temperature())
                        .maxTokens(settings.maxOutputTokens())
                        .timeout(settings.timeout())
                        .logRequests(false)
                        .logResponses(false)
                        .build(),
                () -> catalog.listModels().stream().map(model -> model.name()).toList());
    }
}
