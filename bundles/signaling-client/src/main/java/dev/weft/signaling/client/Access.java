package dev.weft.signaling.client;

import java.net.URI;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Where the registry is, and how this host proves there who it is. */
interface Access {
    /** Whether the registry is this host itself. */
    boolean isLocal();

    /** What a person must do before this can work; empty if nothing. */
    Optional<String> obstacle();

    /** The registry's URL without a path; empty while it is not known. */
    Optional<URI> base();

    /** A bearer token that is good for a while yet. */
    CompletableFuture<String> token();

    /** The registry does not answer: if it has another address, that is the next one to try. */
    void elsewhere();

    /** The registry did not take the token: the next one is a new one. */
    void renew();
}
