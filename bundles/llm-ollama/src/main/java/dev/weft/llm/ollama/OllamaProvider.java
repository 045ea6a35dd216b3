package dev.weft.llm.ollama;

import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.ollama.OllamaChatModel;
import dev.langchain4j.model.ollama.OllamaModels;
import dev.langchain4j.model.ollama.OllamaStreamingChatModel;
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

/** One server of Ollama; each configuration makes one provider. */
@Component(
        service = {},
        immediate = true,
        configurationPid = "dev.weft.llm.ollama",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = ProviderConfig.class, factory = true)
public final class OllamaProvider {
    static final Kind KIND =
            new Kind(
                    "ollama",
                    "http://localhost:11434",
                    "llama3.1",
                    "",
                    "http://localhost:11434",
                    key -> Map.of("Authorization", "Bearer " + key),
                    OllamaProvider::models);

    private final Provider provider;

    /** Made by Declarative Services.
     * @param context where the model is registered
     * @param blocking streams are read on it
     * @param timer watches deadlines
     * @param config the server */
    @Activate
    public OllamaProvider(
            BundleContext context,
            @Reference(target = "(weft.executor=blocking)") ExecutorService blocking,
            @Reference(target = "(weft.executor=timer)") ScheduledExecutorService timer,
            ProviderConfig config) {
        this.provider = new Provider(context, KIND, blocking, timer, config);
    }

    private static Models models(Settings settings) {
        OllamaModels catalog =
                OllamaModels.builder()
                        .httpClientBuilder(settings.http())
                        .baseUrl(settings.server().toString())
                        .maxRetries(0)
                        .build();
        OllamaChatModel chat =
                OllamaChatModel.builder()
                        .httpClientBuilder(settings.http())
                        .baseUrl(settings.server().toString())
                        .modelName(settings.model())
                        .temperature(settings.temperature())
                        .numPredict(settings.maxOutputTokens())
                        .timeout(settings.timeout())
                        .supportedCapabilities(Set.of(Capability.RESPONSE_FORMAT_JSON_SCHEMA))
                        .maxRetries(0)
                        .build();
        OllamaStreamingChatModel streaming =
                OllamaStreamingChatModel.builder()
                        .httpClientBuilder(settings.http())
                        .baseUrl(settings.server().toString())
                        .modelName(settings.model())
                        .temperature(settings.temperature())
                        .numPredict(settings.maxOutputTokens())
                        .timeout(settings.timeout())
                        .supportedCapabilities(Set.of(Capability.RESPONSE_FORMAT_JSON_SCHEMA))
                        .build();
        return new Models(
                chat,
                new WholeToolCalls(chat, streaming),
                () ->
                        catalog.availableModels().content().stream()
                                .map(model -> model.getName())
                                .toList());
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
