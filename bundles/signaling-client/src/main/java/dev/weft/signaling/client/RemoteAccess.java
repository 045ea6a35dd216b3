package dev.weft.signaling.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.identity.Tokens;
import dev.weft.protocol.Wire;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/**
 * Other hosts are the registry: the device token of the pairing is exchanged for short-lived ones. Where the registry is several
 * hosts, each has an address here, and they are tried in turn.
 */
final class RemoteAccess implements Access {
    private final Rest rest;
    private final HostIdentity identity;
    private final String configured;
    private final List<URI> bases;
    private volatile int current;
    private CompletableFuture<String> token;
    private long asked;
    private volatile long lifeSeconds = Tokens.LIFE_SECONDS;

    RemoteAccess(Rest rest, HostIdentity identity, String registry) {
        this.rest = rest;
        this.identity = identity;
        this.configured = registry;
        this.bases = Arrays.stream(registry.split(",")).map(RemoteAccess::parse).toList();
    }

    private static URI parse(String registry) {
        try {
            URI uri = new URI(registry.strip().replaceAll("/+$", ""));
            boolean web =
                    "http".equalsIgnoreCase(uri.getScheme())
                            || "https".equalsIgnoreCase(uri.getScheme());
            return web
                            && uri.getHost() != null
                            && uri.getUserInfo() == null
                            && uri.getQuery() == null
                            && uri.getFragment() == null
                    ? uri
                    : null;
        } catch (URISyntaxException e) {
            return null;
        }
    }

    boolean isMalformed() {
        return !configured.isBlank() && bases.stream().anyMatch(Objects::isNull);
    }

    @Override
    public boolean isLocal() {
        return false;
    }

    @Override
    public Optional<String> obstacle() {
        if (configured.isBlank()) {
            return Optional.of("no registry is set: run weft pair CODE --registry URL");
        }
        if (isMalformed()) {
            return Optional.of(
                    "the registry "
                            + Wire.quote(configured)
                            + " is not a URL like https://host:8700, or several with commas in between; set registry in "
                            + SignalingConfig.PID
                            + " or start with --registry URL");
        }
        return identity.deviceToken().isEmpty()
                ? Optional.of("not paired: run weft pair CODE --registry " + bases.get(0))
                : Optional.empty();
    }

    @Override
    public Optional<URI> base() {
        return Optional.ofNullable(bases.get(current));
    }

    @Override
    public synchronized void elsewhere() {
        if (bases.size() > 1) {
            current = (current + 1) % bases.size();
            token = null; // it may be of a registry that does not answer yet
        }
    }

    @Override
    public synchronized CompletableFuture<String> token() {
        if (token == null
                || token.isCompletedExceptionally()
                || System.nanoTime() - asked > goodNanos()) {
            URI base = bases.get(current);
            asked = System.nanoTime();
            token =
                    rest.call(
                                    "POST",
                                    base.resolve(base.getPath() + "/api/token"),
                                    Map.of("X-Device-Token", identity.deviceToken().orElse("")),
                                    Wire.object())
                            .thenApply(answer -> read(answer.body()));
        }
        return token;
    }

    /** A token is replaced a minute before its end, or halfway if it lives for less than two: as its registry asks for it. */
    private long goodNanos() {
        return TimeUnit.SECONDS.toNanos(lifeSeconds - Math.min(60, lifeSeconds / 2));
    }

    private String read(JsonNode answer) {
        String text = answer.path("token").asText("");
        String peer = answer.path("peer_id").asText("");
        if (text.isEmpty()) {
            throw new CompletionException(
                    new IOException("it gave no token; is this a Weft registry?"));
        }
        if (!peer.equals(identity.agentId().value())) {
            throw new CompletionException(
                    new RefusedException(
                            403,
                            "it knows this host as "
                                    + Wire.quote(peer)
                                    + ", not as "
                                    + identity.agentId()
                                    + "; run weft pair CODE --registry "
                                    + bases.get(current)));
        }
        lifeSeconds = Math.max(1, answer.path("expires_in").asLong(Tokens.LIFE_SECONDS));
        return text;
    }

    @Override
    public synchronized void renew() {
        token = null;
    }
}
