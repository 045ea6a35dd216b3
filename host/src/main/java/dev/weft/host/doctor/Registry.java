package dev.weft.host.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.Wire;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.osgi.framework.Version;

/** Looks at a registry from outside: whether it answers, whom its certificate names, what time it has, how new it is. */
public final class Registry {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration MOST_SKEW =
            Duration.ofSeconds(30); // tokens are checked with as much

    private final HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    private final String version;

    /** Looks at nothing yet.
     * @param version of this program */
    public Registry(String version) {
        this.version = version;
    }

    /** Looks.
     * @param url of the registry
     * @return what was found
     * @throws InterruptedException if the thread is to end */
    public List<Finding> look(String url) throws InterruptedException {
        HttpResponse<String> answer;
        try {
            answer =
                    http.send(
                            HttpRequest.newBuilder(
                                            URI.create(url.replaceFirst("/$", "") + "/api/health"))
                                    .timeout(PATIENCE)
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
        } catch (SSLException e) {
            return List.of(Certificate.look(URI.create(url), String.valueOf(e.getMessage())));
        } catch (IOException e) {
            return List.of(unreachable(url, e));
        } catch (IllegalArgumentException e) {
            return List.of(
                    Finding.bad(
                            "registry",
                            "\"" + url + "\" is no URL",
                            "write it like https://registry.example"));
        }
        List<Finding> all = new ArrayList<>();
        Optional<JsonNode> health = document(answer.body());
        if (health.isEmpty() || !health.get().has("checks")) {
            return List.of(
                    Finding.bad(
                            "registry",
                            url
                                    + " answers "
                                    + answer.statusCode()
                                    + ", but not as a Weft host does",
                            "check the address; if a proxy stands before it, let it pass /api on"));
        }
        all.add(
                answer.statusCode() == 200
                        ? Finding.good("registry", url)
                        : Finding.bad(
                                "registry",
                                url + " is not ready",
                                "its own weft doctor, or its /api/health, says why"));
        answer.headers().firstValue("Date").ifPresent(date -> all.add(clock(date, Instant.now())));
        all.add(version(health.get().path("version").asText()));
        return all;
    }

    private static Finding unreachable(String url, IOException e) {
        boolean unknown =
                e instanceof ConnectException
                        && e.getCause() != null
                        && (e.getCause() instanceof UnresolvedAddressException
                                || e.getCause().getCause() instanceof UnresolvedAddressException);
        if (unknown) {
            return Finding.bad(
                    "registry",
                    "the name in " + url + " is not known",
                    "check its spelling and this machine's DNS");
        }
        return Finding.bad(
                "registry",
                url
                        + (e instanceof HttpConnectTimeoutException
                                        || e instanceof HttpTimeoutException
                                ? " does not answer within " + PATIENCE.toSeconds() + " s"
                                : " is not reachable"),
                "check that it runs, that it listens on that address (--bind), and that no firewall is between");
    }

    static Finding clock(String date, Instant now) {
        try {
            Duration skew =
                    Duration.between(
                            ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                                    .toInstant(),
                            now);
            return skew.abs().compareTo(MOST_SKEW) <= 0
                    ? Finding.good("clock", "agrees with the registry")
                    : Finding.bad(
                            "clock",
                            "this machine is "
                                    + skew.abs().toSeconds()
                                    + " s "
                                    + (skew.isNegative() ? "behind" : "ahead of")
                                    + " the registry",
                            "tokens and deadlines need the right time: set the clock, e.g. timedatectl set-ntp true");
        } catch (DateTimeParseException e) {
            return Finding.bad(
                    "clock", "the registry tells no time: " + date, "look at the proxy before it");
        }
    }

    private Finding version(String theirs) {
        Optional<Version> other = parse(theirs);
        Optional<Version> own = parse(version);
        if (other.isEmpty() || own.isEmpty()) {
            return Finding.good("version", version);
        }
        return other.get().compareTo(own.get()) > 0
                ? Finding.bad(
                        "version",
                        "this is " + version + ", the registry has " + theirs,
                        "update this host; its data directory is kept")
                : Finding.good("version", version);
    }

    private static Optional<Version> parse(String text) {
        try {
            return Optional.of(Version.parseVersion(text.replaceFirst("-.*", "")));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Optional<JsonNode> document(String text) {
        try {
            return Optional.of(Wire.tree(text));
        } catch (ProtocolException e) {
            return Optional.empty();
        }
    }
}
