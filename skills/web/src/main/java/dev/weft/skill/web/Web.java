package dev.weft.skill.web;

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
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import javax.net.ssl.SSLSocketFactory;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Fetches public pages. What is behind the fence (this machine, its network) stays there, after each redirect too. */
@Skill(
        id = "web",
        title = "Web pages",
        description = "Fetches a page from the public web and returns its readable text",
        permissions = Skill.NET)
@Component(service = SkillService.class, configurationPid = "dev.weft.skill.web")
@Designate(ocd = Web.Config.class)
public final class Web implements SkillService {
    static final int MAX_REDIRECTS = 5;
    private static final int MAX_CHARACTERS = 500_000;
    private static final Map<String, String> ACCEPT =
            Map.of(
                    "Accept",
                    "text/html,application/xhtml+xml,text/*;q=0.9,application/json;q=0.8,*/*;q=0.1");

    /** Configuration. */
    @ObjectClassDefinition(name = "Weft skill: web", description = "Fetches pages")
    public @interface Config {
        /** Ranges of addresses that are open although they are not public.
         * @return such as {@code 192.168.1.0/24} */
        @AttributeDefinition(
                description =
                        "Ranges of addresses that may be fetched from although they are not public, e.g. 192.168.1.0/24")
        String[] allow() default {};

        /** How long one fetch may take.
         * @return seconds, redirects included */
        @AttributeDefinition(description = "Seconds that one fetch may take, redirects included")
        int seconds() default 10;
    }

    private final HttpClient client;
    private final int seconds;

    /** Reads the configuration.
     * @param config what is open
     * @param blocking looks up names
     * @param timer ends what takes too long */
    @Activate
    public Web(
            Config config,
            @Reference(target = "(weft.executor=blocking)") ExecutorService blocking,
            @Reference(target = "(weft.executor=timer)") ScheduledExecutorService timer) {
        this(config, blocking, timer, () -> (SSLSocketFactory) SSLSocketFactory.getDefault());
    }

    Web(
            Config config,
            ExecutorService blocking,
            ScheduledExecutorService timer,
            Supplier<SSLSocketFactory> tls) {
        Gate gate = Gate.open(config.allow());
        client = new HttpClient(new Dial(gate, blocking), timer, tls);
        seconds = Math.max(1, Math.min(60, config.seconds()));
    }

    /** Fetches a page.
     * @param url where
     * @param maxChars how much text
     * @return the page
     * @throws IOException if it cannot be had
     * @throws InterruptedException if canceled */
    @Tool(
            "Fetches a web page (http or https, public addresses only) and returns its title and readable text")
    public Page fetch(
            @P("the address of the page, with http:// or https://") String url,
            @P(
                            name = "max_chars",
                            value = "how many characters of text at most, 1 to 500000",
                            defaultValue = "20000")
                    int maxChars)
            throws IOException, InterruptedException {
        if (maxChars < 1 || maxChars > MAX_CHARACTERS) {
            throw new IllegalArgumentException(
                    "max_chars must be 1 to " + MAX_CHARACTERS + ", got " + maxChars);
        }
        Deadline deadline = Deadline.in(seconds);
        URI at = WebAddress.parse(url);
        for (int redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
            HttpAnswer answer =
                    client.send(new HttpRequest("GET", at, ACCEPT, new byte[0]), deadline);
            if (!answer.isRedirect()) {
                return Readable.page(at, answer, maxChars);
            }
            at = WebAddress.follow(at, answer.header("location"));
        }
        throw new IOException(url + " redirects more than " + MAX_REDIRECTS + " times");
    }
}
