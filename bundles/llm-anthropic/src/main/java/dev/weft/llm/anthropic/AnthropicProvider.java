package dev.weft.llm.anthropic;

import dev.langchain4j.model.anthropic.AnthropicChatModel;
import dev.langchain4j.model.anthropic.AnthropicModelCatalog;
import dev.langchain4j.model.anthropic.AnthropicStreamingChatModel;
import dev.langchain4j.model.chat.Capability;
import dev.weft.llm.provider.Kind;
import dev.weft.llm.provider.Models;
import dev.weft.llm.provider.Provider;
import dev.weft.llm.provider.ProviderConfig;
import dev.weft.llm.provider.Settings;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;

/** One model of Anthropic; each configuration makes one provider. */
@Component(
        service = {},
        immediate = true,
        configurationPid = "dev.weft.llm.anthropic",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = ProviderConfig.class, factory = true)
public final class AnthropicProvider {
    static final Kind KIND =
            new Kind(
                    "anthropic",
                    "https://api.anthropic.com/v1",
                    "claude-haiku-4-5",
                    "ANTHROPIC_API_KEY",
                    "https://api.anthropic.com/v1",
                    key -> Map.of("x-api-key", key),
                    AnthropicProvider::models);

    /** The server insists on a limit. */
    private static final int MAX_OUTPUT_TOKENS = 4096;

    /** LangChain4j insists on a key; the one that is sent is looked up for each request. */
    private static final String PLACEHOLDER = "-";

    private final Provider provider;

    /** Made by Declarative Services.
     * @param context where the model is registered
     * @param blocking streams are read on it
     * @param timer watches deadlines
     * @param config the server */
    @Activate
    public AnthropicProvider(
            BundleContext context,
            @Reference(target = "(weft.executor=blocking)") ExecutorService blocking,
            @Reference(target = "(weft.executor=timer)") ScheduledExecutorService timer,
            ProviderConfig config) {
        this.provider = new Provider(context, KIND, blocking, timer, config);
    }

    private static Models models(Settings settings) {
        int maxTokens =
                settings.maxOutputTokens() == null ? MAX_OUTPUT_TOKENS : settings.maxOutputTokens();
        AnthropicModelCatalog catalog =
                AnthropicModelCatalog.builder()
                        .httpClientBuilder(settings.http())
                        .baseUrl(settings.server().toString())
                        .apiKey(PLACEHOLDER)
                        .build();
        return new Models(
                AnthropicChatModel.builder()
                        .httpClientBuilder(settings.http())
                        .baseUrl(settings.server().toString())
                        .apiKey(PLACEHOLDER)
                        .modelName(settings.model())
                        .temperature(settings.temperature())
                        .maxTokens(maxTokens)
                        .timeout(settings.timeout())
                        .supportedCapabilities(Set.of(Capability.RESPONSE_FORMAT_JSON_SCHEMA))
                        .maxRetries(0)
                        .build(),
                AnthropicStreamingChatModel.builder()
                        .httpClientBuilder(settings.http())
                        .baseUrl(settings.server().toString())
                        .apiKey(PLACEHOLDER)
                        .modelName(settings.model())
                        .temperature(settings.temperature())
                        .maxTokens(maxTokens)
                        .timeout(settings.timeout())
                        .supportedCapabilities(Set.of(Capability.RESPONSE_FORMAT_JSON_SCHEMA))
                        .build(),
                () -> catalog.listModels().stream().map(model -> model.name()).toList());
    }

    @Modified
    void modify(ProviderConfig config) {
        provider.modify(config);
    }

    @Deactivate
    void stop() {
        provider.close();
    }
}
