package dev.weft.llm.gemini;

import dev.langchain4j.model.googleai.GoogleAiGeminiChatModel;
import dev.langchain4j.model.googleai.GoogleAiGeminiModelCatalog;
import dev.langchain4j.model.googleai.GoogleAiGeminiStreamingChatModel;
import dev.weft.llm.provider.Kind;
import dev.weft.llm.provider.Models;
import dev.weft.llm.provider.Provider;
import dev.weft.llm.provider.ProviderConfig;
import dev.weft.llm.provider.Settings;
import java.util.Map;
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

/** One model of Gemini; each configuration makes one provider. */
@Component(
        service = {},
        immediate = true,
        configurationPid = "dev.weft.llm.gemini",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = ProviderConfig.class, factory = true)
public final class GeminiProvider {
    static final Kind KIND =
            new Kind(
                    "gemini",
                    "https://generativelanguage.googleapis.com/v1beta",
                    "gemini-2.5-flash",
                    "GEMINI_API_KEY",
                    "https://generativelanguage.googleapis.com/v1beta",
                    key -> Map.of("x-goog-api-key", key),
                    GeminiProvider::models);

    /** LangChain4j insists on a key; the one that is sent is looked up for each request. */
    private static final String PLACEHOLDER = "-";

    private final Provider provider;

    /** Made by Declarative Services.
     * @param context where the model is registered
     * @param blocking streams are read on it
     * @param timer watches deadlines
     * @param config the server */
    @Activate
    public GeminiProvider(
            BundleContext context,
            @Reference(target = "(weft.executor=blocking)") ExecutorService blocking,
            @Reference(target = "(weft.executor=timer)") ScheduledExecutorService timer,
            ProviderConfig config) {
        this.provider = new Provider(context, KIND, blocking, timer, config);
    }

    private static Models models(Settings settings) {
        GoogleAiGeminiModelCatalog catalog =
                GoogleAiGeminiModelCatalog.builder()
                        .httpClientBuilder(settings.http())
                        .baseUrl(settings.server().toString())
                        .apiKey(PLACEHOLDER)
                        .build();
        return new Models(
                GoogleAiGeminiChatModel.builder()
                        .httpClientBuilder(settings.http())
                        .baseUrl(settings.server().toString())
                        .apiKey(PLACEHOLDER)
                        .modelName(settings.model())
                        .temperature(settings.temperature())
                        .maxOutputTokens(settings.maxOutputTokens())
                        .timeout(settings.timeout())
                        .maxRetries(0)
                        .build(),
                GoogleAiGeminiStreamingChatModel.builder()
                        .httpClientBuilder(settings.http())
                        .baseUrl(settings.server().toString())
                        .apiKey(PLACEHOLDER)
                        .modelName(settings.model())
                        .temperature(settings.temperature())
                        .maxOutputTokens(settings.maxOutputTokens())
                        .timeout(settings.timeout())
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
