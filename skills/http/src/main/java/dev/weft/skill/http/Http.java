package dev.weft.skill.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import dev.weft.skill.Skill;
import dev.weft.skill.SkillService;
import dev.weft.skill.net.Deadline;
import dev.weft.skill.net.Dial;
import dev.weft.skill.net.Gate;
import dev.weft.skill.net.HttpAnswer;
import dev.weft.skill.net.HttpClient;
import dev.weft.skill.net.HttpRequest;
import dev.weft.skill.net.WebAddress;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import javax.net.ssl.SSLSocketFactory;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.AttributeType;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Calls REST APIs, at public addresses and at those that are open. */
@Skill(
        id = "http",
        title = "HTTP",
        description = "Calls a REST API: any method, headers and a JSON or text body",
        permissions = {Skill.NET, Skill.SECRETS})
@Component(service = SkillService.class, configurationPid = "dev.weft.skill.http")
@Designate(ocd = Http.Config.class)
public final class Http implements SkillService {
    private static final int MAX_REDIRECTS = 5;
    private static final JsonMapper JSON = new JsonMapper();

    /** Configuration. */
    @ObjectClassDefinition(name = "Weft skill: http")
    public @interface Config {
        /** Ranges of addresses that are open although they are not public.
         * @return such as {@code 192.168.1.0/24} */
        @AttributeDefinition(
                description =
                        "Ranges of addresses that may be called although they are not public, e.g. 192.168.1.0/24")
        String[] allow() default {};

        /** Tokens.
         * @return lines {@code origin=token} */
        @AttributeDefinition(
                type = AttributeType.PASSWORD,
                description =
                        "Tokens, as https://api.example.org=TOKEN: sent as Authorization: Bearer to that origin, and to no other")
        String[] tokens() default {};

        /** How long one call may take.
         * @return seconds, redirects included */
        @AttributeDefinition(
                description = "Seconds that one call may take, redirects included, 1 to 300")
        int seconds() default 30;
    }

    /** An answer.
     * @param url where it came from, after redirects
     * @param status HTTP status
     * @param headers names in lower case
     * @param json the body, if it is JSON
     * @param text the body, if it is not
     * @param truncated whether the body was longer than 2 MiB */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Answer(
            String url,
            int status,
            Map<String, String> headers,
            JsonNode json,
            String text,
            @JsonProperty("truncated") boolean truncated) {}

    private final HttpClient client;
    private final Tokens tokens;
    private final int seconds;

    /** Reads the configuration.
     * @param config what is open
     * @param blocking looks up names
     * @param timer ends what takes too long */
    @Activate
    public Http(
            Config config,
            @Reference(target = "(weft.executor=blocking)") ExecutorService blocking,
            @Reference(target = "(weft.executor=timer)") ScheduledExecutorService timer) {
        Dial dial = new Dial(Gate.open(config.allow()), blocking);
        client =
                new HttpClient(dial, timer, () -> (SSLSocketFactory) SSLSocketFactory.getDefault());
        tokens = Tokens.of(config.tokens());
        seconds = Math.max(1, Math.min(300, config.seconds()));
    }

    /** Calls.
     * @param url where
     * @param method how
     * @param headers further headers
     * @param json a JSON body
     * @param text another body
     * @return the answer, whatever its status
     * @throws IOException if there is none
     * @throws InterruptedException if canceled */
    @Tool(
            "Calls an HTTP API (http or https, public addresses and those that are open) and returns status, headers and body")
    public Answer request(
            @P("the address, with http:// or https://") String url,
            @P(value = "GET, POST, PUT, PATCH, DELETE, HEAD or OPTIONS", defaultValue = "GET")
                    Method method,
            @P("further headers, by name") Optional<Map<String, String>> headers,
            @P("a body that is sent as JSON") Optional<JsonNode> json,
            @P("a body that is sent as it is") Optional<String> text)
            throws IOException, InterruptedException {
        if (json.isPresent() && text.isPresent()) {
            throw new IllegalArgumentException("give either json or text");
        }
        Map<String, String> sent = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        json.ifPresent(any -> sent.put("Content-Type", "application/json"));
        text.ifPresent(any -> sent.put("Content-Type", "text/plain; charset=utf-8"));
        sent.put("Accept", "application/json, */*;q=0.5");
        headers.ifPresent(sent::putAll);
        byte[] body =
                json.map(JsonNode::toString)
                        .or(() -> text)
                        .orElse("")
                        .getBytes(StandardCharsets.UTF_8);
        URI start = WebAddress.parse(url);
        URI at = start;
        Deadline deadline = Deadline.in(seconds);
        for (int redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
            HttpRequest request =
                    new HttpRequest(method.name(), at, tokens.with(sent, at, start), body);
            HttpAnswer answer = client.send(request, deadline);
            boolean follow = answer.isRedirect() && (method == Method.GET || method == Method.HEAD);
            if (!follow) {
                return read(at, answer);
            }
            at = WebAddress.follow(at, answer.header("location"));
        }
        throw new IOException(url + " redirects more than " + MAX_REDIRECTS + " times");
    }

    /** How something is asked. */
    public enum Method {
        /** Reads. */
        GET,
        /** Sends. */
        POST,
        /** Replaces. */
        PUT,
        /** Changes. */
        PATCH,
        /** Removes. */
        DELETE,
        /** Reads the headers only. */
        HEAD,
        /** Asks what is possible. */
        OPTIONS
    }

    private static Answer read(URI at, HttpAnswer answer) {
        String text = new String(answer.body(), StandardCharsets.UTF_8);
        JsonNode json = null;
        if (answer.header("content-type").matches("(?i)application/([a-z0-9.+-]*\\+)?json.*")) {
            try {
                json = JSON.readTree(text);
            } catch (JsonProcessingException cutOrBroken) {
                json = null; // told as text
            }
        }
        return new Answer(
                at.toString(),
                answer.status(),
                new TreeMap<>(answer.headers()),
                json,
                json == null ? text : null,
                answer.truncated());
    }
}
