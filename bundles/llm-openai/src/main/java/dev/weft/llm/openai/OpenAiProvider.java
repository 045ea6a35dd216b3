package dev.weft.llm.openai;

import dev.weft.llm.provider.Kind;
import dev.weft.llm.provider.Provider;
import dev.weft.llm.provider.ProviderConfig;
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

/** One server that speaks the OpenAI wire; each configuration makes one provider. */
@Component(
        service = {},
        immediate = true,
        configurationPid = "dev.weft.llm.openai",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = ProviderConfig.class, factory = true)
public final class OpenAiProvider {
    static final Kind KIND =
            new Kind(
                    "openai",
                    "https://api.openai.com/v1",
                    "gpt-4o-mini",
                    "OPENAI_API_KEY",
                    "http://localhost:11434/v1",
                    key -> Map.of("Authorization", "Bearer " + key),
                    settings -> OpenAiModels.of(settings, settings.server().toString(), Map.of()));

    private final Provider provider;

    /** Made by Declarative Services.
     * @param context where the model is registered
     * @param blocking streams are read on it
     * @param timer watches deadlines
     * @param config the server */
    @Activate
    public OpenAiProvider(
            BundleContext context,
            @Reference(target = "(weft.executor=blocking)") ExecutorService blocking,
            @Reference(target = "(weft.executor=timer)") ScheduledExecutorService timer,
            ProviderConfig config) {
        this.provider = new Provider(context, KIND, blocking, timer, config);
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
