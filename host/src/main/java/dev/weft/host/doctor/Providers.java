package dev.weft.host.doctor;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;

/** Looks at the providers of chat models that {@code agent.yaml} names: whether each has its key, and whether the key is taken. */
public final class Providers {
    private static final Duration PATIENCE = Duration.ofSeconds(8);

    /** For the type's own server only, as the provider itself has it. */
    private static final Map<String, String> USUAL_KEYS =
            Map.of(
                    "openai",
                    "OPENAI_API_KEY",
                    "anthropic",
                    "ANTHROPIC_API_KEY",
                    "gemini",
                    "GEMINI_API_KEY");

    private final HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    private final Path folder;
    private final Function<String, String> environment;

    /** Looks at nothing yet.
     * @param folder of agent.yaml: files are named relative to it
     * @param environment gives the value of a variable, or null */
    public Providers(Path folder, Function<String, String> environment) {
        this.folder = folder;
        this.environment = environment;
    }

    /** Looks at one.
     * @param provider its members in agent.yaml
     * @return what was found
     * @throws InterruptedException if the thread is to end */
    public Finding look(Map<String, String> provider) throws InterruptedException {
        String what = "provider " + provider.getOrDefault("id", "?");
        String type = provider.getOrDefault("type", "");
        String file = provider.get("api_key_file");
        String variable = provider.get("api_key_env");
        if (variable == null && file == null && !provider.containsKey("base_url")) {
            variable = USUAL_KEYS.get(type);
        }
        String key = "";
        if (variable != null) {
            key = environment.apply(variable);
            if (key == null || key.isBlank()) {
                return Finding.bad(
                        what,
                        "its key is missing: the environment has no " + variable,
                        "export " + variable + "=… before weft run, or write it into .env");
            }
        } else if (file != null) {
            try {
                key = Files.readString(folder.resolve(file)).strip();
            } catch (IOException e) {
                return Finding.bad(
                        what,
                        "its key is missing: " + folder.resolve(file) + " cannot be read",
                        "write the key into that file, readable by this user only");
            }
        }
        HttpRequest request = request(type, provider.get("base_url"), key.strip());
        return request == null ? Finding.good(what, type + ", not asked") : ask(what, request);
    }

    private Finding ask(String what, HttpRequest request) throws InterruptedException {
        String server = request.uri().getScheme() + "://" + request.uri().getAuthority();
        try {
            int status = http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
            return status == 401 || status == 403
                    ? Finding.bad(
                            what,
                            server + " does not take its key (" + status + ")",
                            "make a new key there, or look whether it belongs to another provider")
                    : Finding.good(what, server + " answers");
        } catch (IOException e) {
            return Finding.bad(
                    what,
                    server + " is not reachable",
                    "check base_url and the way out of this network");
        }
    }

    /** Null for a type that has nobody to ask. */
    private static HttpRequest request(String type, String base, String key) {
        String url =
                switch (type) {
                    case "openai" -> or(base, "https://api.openai.com/v1") + "/models";
                    case "anthropic" -> or(base, "https://api.anthropic.com/v1") + "/models";
                    case "gemini" ->
                            or(base, "https://generativelanguage.googleapis.com/v1beta")
                                    + "/models";
                    case "ollama" -> or(base, "http://localhost:11434") + "/api/tags";
                    default -> null;
                };
        if (url == null) {
            return null;
        }
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url)).timeout(PATIENCE);
        if (!key.isEmpty()) {
            switch (type) {
                case "anthropic" ->
                        request.header("x-api-key", key).header("anthropic-version", "2023-06-01");
                case "gemini" -> request.header("x-goog-api-key", key);
                default -> request.header("Authorization", "Bearer " + key);
            }
        }
        return request.build();
    }

    private static String or(String given, String usual) {
        return (given == null ? usual : given).replaceFirst("/$", "");
    }
}
