package dev.weft.llm.openai;

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

/** One resource of Azure OpenAI, whose wire is OpenAI's under another path and key header; each configuration makes one provider. */
@Component(
        service = {},
        immediate = true,
        configurationPid = "dev.weft.llm.azure",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = ProviderConfig.class, factory = true)
public final class AzureProvider {
    private static final String VERSION = "2024-10-21";

    static final Kind KIND =
            new Kind(
                    "azure",
                    "",
                    "",
                    "",
                    "https://my-resource.openai.azure.com",
                    key -> Map.of("api-key", key),
                    AzureProvider::models);

    private final Provider provider;

    /** Made by Declarative Services.
     * @param context where the model is registered
     * @param blocking streams are read on it
     * @param timer watches deadlines
     * @param config the server */
    @Activate
    public AzureProvider(
            BundleContext context,
            @Reference(target = "(weft.executor=blocking)") ExecutorService blocking,
            @Reference(target = "(weft.executor=timer)") ScheduledExecutorService timer,
            ProviderConfig config) {
        this.provider = new Provider(context, KIND, blocking, timer, config);
    }

    /** A deployment has its own path; the {@code v1} API has OpenAI's, and takes the deployment as the model. */
    private static Models models(Settings settings) {
        String root = settings.server() + "/openai";
        if (settings.apiVersion().equals("v1")) {
            return OpenAiModels.of(settings, root + "/v1", Map.of());
        }
        String version = settings.apiVersion().isEmpty() ? VERSION : settings.apiVersion();
        return OpenAiModels.of(
                settings,
                root + "/deployments/" + settings.model(),
                root,
                Map.of("api-version", version));
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
