package dev.weft.llm.provider;

import dev.langchain4j.http.client.HttpClientBuilder;
import dev.weft.api.llm.Llm;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Reads a provider's configuration; what is wrong in it is said with PID, id, key and what to write. */
final class Setup {
    private final Kind kind;
    private final ProviderConfig config;
    private final String id;
    private final URI server;

    Setup(Kind kind, ProviderConfig config) {
        this.kind = kind;
        this.config = config;
        this.id = config.id().isBlank() ? kind.type() : config.id();
        if (!id.matches("[a-z0-9][a-z0-9._-]{0,63}")) {
            throw new IllegalArgumentException(
                    kind.pid()
                            + ": id '"
                            + id
                            + "' must be 1 to 64 characters [a-z0-9][a-z0-9._-]*");
        }
        this.server = readServer();
        if (model().isEmpty()) {
            throw wrong("model must name a model of the server");
        }
    }

    String id() {
        return id;
    }

    URI server() {
        return server;
    }

    Duration timeout() {
        return Duration.ofSeconds(Math.max(1, Math.min(3600, config.timeout__seconds())));
    }

    ApiKey key(UnaryOperator<String> environment) {
        boolean own =
                config.api__key__env().isBlank()
                        && config.api__key__file().isBlank()
                        && !kind.defaultUrl().isEmpty()
                        && server.getHost().equals(URI.create(kind.defaultUrl()).getHost());
        return new ApiKey(
                own ? kind.keyVariable() : config.api__key__env(),
                config.api__key__file(),
                server,
                environment);
    }

    Settings settings(HttpClientBuilder http) {
        return new Settings(
                id,
                server,
                model(),
                config.api__version().strip(),
                timeout(),
                number("temperature", config.temperature(), 2),
                config.max__output__tokens() > 0 ? config.max__output__tokens() : null,
                http);
    }

    /** Properties of the service; limits and prices are the router's to keep. */
    Map<String, Object> properties() {
        Map<String, Object> properties = new HashMap<>();
        properties.put(Llm.PROVIDER, id);
        properties.put(Llm.TYPE, kind.type());
        properties.put(Llm.MODEL, model());
        properties.put(Llm.IMAGES, config.images());
        properties.put(Llm.MAX_CONCURRENT, config.max__concurrent());
        properties.put(Llm.CALLS_PER_MINUTE, config.calls__per__minute());
        Double input = number("input_price", config.input__price(), 1_000_000);
        Double output = number("output_price", config.output__price(), 1_000_000);
        properties.put(Llm.INPUT_PRICE, input == null ? Double.valueOf(0) : input);
        properties.put(Llm.OUTPUT_PRICE, output == null ? Double.valueOf(0) : output);
        return properties;
    }

    private String model() {
        return config.model().isBlank() ? kind.defaultModel() : config.model().strip();
    }

    private URI readServer() {
        String url = config.base__url().isBlank() ? kind.defaultUrl() : config.base__url().strip();
        try {
            URI uri = new URI(url.replaceAll("/+$", ""));
            if (uri.getHost() != null
                    && uri.getUserInfo() == null
                    && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // said below
        }
        throw wrong(
                "base_url must be an http or https address without user name, such as "
                        + kind.example());
    }

    private Double number(String key, String value, double most) {
        if (value.isBlank()) {
            return null;
        }
        try {
            double number = Double.parseDouble(value.strip());
            if (number >= 0 && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw wrong(key + " must be a number from 0 to " + (long) most + ", got '" + value + "'");
    }

    private IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException(kind.pid() + " " + id + ": " + what);
    }
}
