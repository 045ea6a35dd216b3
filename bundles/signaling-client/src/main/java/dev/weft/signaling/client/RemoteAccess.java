package dev.weft.signaling.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.identity.Tokens;
import dev.weft.protocol.Wire;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Another host is the registry: the device token of the pairing is exchanged for short-lived ones. */
final class RemoteAccess implements Access {
    private static final long GOOD_NANOS = (Tokens.LIFE_SECONDS - 60) * 1_000_000_000L;
    private final Rest rest;
    private final HostIdentity identity;
    private final String configured;
    private final URI base;
    private CompletableFuture<String> token;
    private long asked;

    RemoteAccess(Rest rest, HostIdentity identity, String registry) {
        this.rest = rest;
        this.identity = identity;
        this.configured = registry;
        this.base = parse(registry);
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
        return base == null && !configured.isBlank();
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
        if (base == null) {
            return Optional.of(
                    "the registry "
                            + Wire.quote(configured)
                            + " is not a URL like https://host:8700; set registry in "
                            + SignalingConfig.PID
                            + " or start with --registry URL");
        }
        return identity.deviceToken().isEmpty()
                ? Optional.of("not paired: run weft pair CODE --registry " + base)
                : Optional.empty();
    }

    @Override
    public Optional<URI> base() {
        return Optional.ofNullable(base);
    }

    @Override
    public synchronized CompletableFuture<String> token() {
        if (token == null
                || token.isCompletedExceptionally()
                || System.nanoTime() - asked > GOOD_NANOS) {
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
                                    + base));
        }
        return text;
    }

    @Override
    public synchronized void renew() {
        token = null;
    }
}
