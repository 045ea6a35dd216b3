package dev.weft.llm.openai;

import dev.langchain4j.http.client.jdk.JdkHttpClientBuilder;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.weft.api.health.HealthCheck;
import dev.weft.api.llm.Llm;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Hashtable;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One server that speaks the OpenAI wire; each configuration makes one provider. */
@Component(
        service = HealthCheck.class,
        immediate =
                true, // it registers the model itself, so it must not wait for someone to ask for
        // its health
        configurationPid = "dev.weft.llm.openai",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = OpenAiProvider.Config.class, factory = true)
public final class OpenAiProvider implements HealthCheck {
    /** Configuration. A double underscore in a name is one underscore in the key. */
    @ObjectClassDefinition(name = "Weft LLM provider: OpenAI-compatible server")
    public @interface Config {
        /** Name in routes.
         * @return an id */
        String id() default "openai";

        /** The server.
         * @return address up to and without {@code /chat/completions} */
        String base__url() default "https://api.openai.com/v1";

        /** The model.
         * @return its name at the server */
        String model() default "gpt-4o-mini";

        /** Where the key is.
         * @return name of an environment variable; empty: OPENAI_API_KEY for api.openai.com, none for others */
        String api__key__env() default "";

        /** Where the key is, if not in the environment.
         * @return path of a file */
        String api__key__file() default "";

        /** How long a request may take.
         * @return seconds, 1 to 3600 */
        @AttributeDefinition(min = "1", max = "3600")
        int timeout__seconds() default 60;

        /** Randomness, 0 to 2.
         * @return a number; empty: the server's own default */
        String temperature() default "";
    }

    private static final Logger log = LoggerFactory.getLogger(OpenAiProvider.class);
    private static final int RETRIES = 1;

    private final String id;
    private final ApiKey key;
    private final KeyedModel model;
    private final ServiceRegistration<ChatModel> registration;

    /** Made by Declarative Services.
     * @param context where the model is registered
     * @param config the server */
    @Activate
    public OpenAiProvider(BundleContext context, Config config) {
        this(context, config, System::getenv);
    }

    OpenAiProvider(BundleContext context, Config config, UnaryOperator<String> environment) {
        this.id = config.id();
        if (!id.matches("[a-z0-9][a-z0-9._-]{0,63}")) {
            throw new IllegalArgumentException(
                    "dev.weft.llm.openai: id '"
                            + id
                            + "' must be 1 to 64 characters [a-z0-9][a-z0-9._-]*");
        }
        URI server = server(config.base__url());
        this.key = new ApiKey(config.api__key__env(), config.api__key__file(), server, environment);
        this.model = new KeyedModel(id, build(config, server, key), key, server);
        Hashtable<String, Object> properties =
                new Hashtable<>(
                        Map.of(Llm.PROVIDER, id, Llm.TYPE, "openai", Llm.MODEL, config.model()));
        this.registration = context.registerService(ChatModel.class, model, properties);
        key.problem()
                .ifPresent(problem -> log.warn("LLM provider {} cannot answer: {}", id, problem));
    }

    @Deactivate
    void stop() {
        registration.unregister();
    }

    @Override
    public String name() {
        return "llm-" + id;
    }

    @Override
    public Status check() {
        return key.problem().map(Status::warning).orElse(Status.OK);
    }

    ChatModel model() {
        return model;
    }

    private URI server(String address) {
        try {
            URI server = new URI(address.strip());
            if (server.getHost() != null
                    && ("http".equals(server.getScheme()) || "https".equals(server.getScheme()))
                    && server.getRawUserInfo() == null) {
                return server;
            }
        } catch (URISyntaxException malformed) {
            // said below
        }
        throw new IllegalArgumentException(
                "dev.weft.llm.openai "
                        + id
                        + ": base_url must be an http or https address without user name, such as http://localhost:11434/v1");
    }

    private OpenAiChatModel build(Config config, URI server, ApiKey apiKey) {
        Duration timeout =
                Duration.ofSeconds(Math.max(1, Math.min(3600, config.timeout__seconds())));
        HttpClient.Builder client = HttpClient.newBuilder();
        if ("http".equals(server.getScheme())) {
            client.version(
                    HttpClient.Version
                            .HTTP_1_1); // some local servers choke on the offer to upgrade
        }
        return OpenAiChatModel.builder()
                .httpClientBuilder(
                        new JdkHttpClientBuilder()
                                .httpClientBuilder(client)
                                .connectTimeout(timeout)
                                .readTimeout(timeout))
                .baseUrl(server.toString())
                .customHeaders(
                        () ->
                                apiKey.value()
                                        .map(value -> Map.of("Authorization", "Bearer " + value))
                                        .orElse(Map.of()))
                .modelName(config.model())
                .temperature(temperature(config.temperature()))
                .timeout(timeout)
                .maxRetries(RETRIES)
                .logRequests(false)
                .logResponses(false)
                .build();
    }

    private Double temperature(String value) {
        try {
            return value.isBlank() ? null : Double.valueOf(value.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "dev.weft.llm.openai "
                            + id
                            + ": temperature must be a number, got '"
                            + value
                            + "'",
                    e);
        }
    }
}
