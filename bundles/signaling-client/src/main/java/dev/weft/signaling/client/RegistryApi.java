package dev.weft.signaling.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** The registry's REST calls that a host makes, with its bearer token. */
final class RegistryApi {
    private static final int MAX_PAGES = 100;
    private static final int FILE_SECONDS = 120;
    private final Rest rest;
    private final Access access;

    RegistryApi(Rest rest, Access access) {
        this.rest = rest;
        this.access = access;
    }

    /** Makes a call; a token that is not taken is renewed once.
     * @param path from {@code /api} on
     * @param body null for none */
    CompletableFuture<JsonNode> call(String method, String path, JsonNode body) {
        return access.base()
                .map(
                        base ->
                                call(method, base.resolve(base.getPath() + path), body)
                                        .thenApply(Rest.Answer::body))
                .orElseGet(RegistryApi::notYet);
    }

    private CompletableFuture<Rest.Answer> call(String method, URI uri, JsonNode body) {
        return withToken(headers -> rest.call(method, uri, headers, body));
    }

    /** Reads a file. A token that is not taken is renewed once; a connection that is cut is made anew, and goes on where it ended.
     * @param path from {@code /} on
     * @param most more bytes are an error */
    CompletableFuture<byte[]> file(String path, long most) {
        Download file = new Download(most);
        return rest(path, file)
                .orTimeout(FILE_SECONDS, TimeUnit.SECONDS)
                .whenComplete((bytes, e) -> file.end());
    }

    private CompletableFuture<byte[]> rest(String path, Download file) {
        return access.base()
                .map(base -> base.resolve(base.getPath() + path))
                .map(uri -> withToken(headers -> rest.part(file, uri, headers)))
                .orElseGet(RegistryApi::notYet)
                .handle(
                        (bytes, e) -> {
                            if (e == null) {
                                return CompletableFuture.completedFuture(bytes);
                            }
                            return file.canGoOn(e)
                                    ? rest(path, file)
                                    : CompletableFuture.<byte[]>failedFuture(Failure.cause(e));
                        })
                .thenCompose(next -> next);
    }

    private static <T> CompletableFuture<T> notYet() {
        return CompletableFuture.failedFuture(
                new IOException("this host does not answer HTTP yet"));
    }

    private <T> CompletableFuture<T> withToken(
            Function<Map<String, String>, CompletableFuture<T>> request) {
        return once(request)
                .handle(
                        (answer, e) -> {
                            RefusedException refused = e == null ? null : Failure.refusal(e);
                            if (refused != null && refused.status() == 401) {
                                access.renew();
                                return once(request);
                            }
                            return e == null
                                    ? CompletableFuture.completedFuture(answer)
                                    : CompletableFuture.<T>failedFuture(Failure.cause(e));
                        })
                .thenCompose(next -> next);
    }

    private <T> CompletableFuture<T> once(
            Function<Map<String, String>, CompletableFuture<T>> request) {
        return access.token()
                .thenCompose(token -> request.apply(Map.of("Authorization", "Bearer " + token)));
    }

    /** Reads a list, page by page.
     * @return every entry of every page */
    CompletableFuture<List<JsonNode>> list(String path) {
        List<JsonNode> all = new ArrayList<>();
        return access.base()
                .map(base -> page(base.resolve(base.getPath() + path), all, 1))
                .orElseGet(RegistryApi::notYet);
    }

    private CompletableFuture<List<JsonNode>> page(URI uri, List<JsonNode> all, int number) {
        return call("GET", uri, null)
                .thenCompose(
                        answer -> {
                            answer.body().forEach(all::add);
                            // pages are followed on the registry only: the token must not go
                            // elsewhere
                            return answer.next()
                                    .filter(
                                            next ->
                                                    number < MAX_PAGES
                                                            && next.getRawAuthority()
                                                                    .equals(uri.getRawAuthority())
                                                            && next.getScheme()
                                                                    .equals(uri.getScheme()))
                                    .map(next -> page(next, all, number + 1))
                                    .orElseGet(() -> CompletableFuture.completedFuture(all));
                        });
    }
}
