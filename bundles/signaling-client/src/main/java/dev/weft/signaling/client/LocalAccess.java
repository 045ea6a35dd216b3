package dev.weft.signaling.client;

import dev.weft.api.http.HttpAddress;
import dev.weft.api.identity.Principal;
import dev.weft.api.identity.Tokens;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** This host is its own registry: it issues the token to itself. */
final class LocalAccess implements Access {
    private final Tokens tokens;
    private final Principal self;
    private final Supplier<HttpAddress> address;

    LocalAccess(Tokens tokens, Principal self, Supplier<HttpAddress> address) {
        this.tokens = tokens;
        this.self = self;
        this.address = address;
    }

    @Override
    public boolean isLocal() {
        return true;
    }

    @Override
    public Optional<String> obstacle() {
        return Optional.empty();
    }

    @Override
    public Optional<URI> base() {
        return Optional.ofNullable(address.get()).map(HttpAddress::uri);
    }

    @Override
    public CompletableFuture<String> token() {
        return CompletableFuture.completedFuture(tokens.issue(self));
    }

    @Override
    public void elsewhere() {
        // there is only this one
    }

    @Override
    public void renew() {
        // each token is a new one
    }
}
