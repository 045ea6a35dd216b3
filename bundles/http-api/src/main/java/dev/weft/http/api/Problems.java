package dev.weft.http.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.mesh.MeshException;
import dev.weft.api.repository.RepositoryException;
import dev.weft.api.task.TaskException;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.Wire;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns whatever went wrong into a problem document (RFC 9457). */
final class Problems {
    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);
    private static final Map<Integer, String> TITLES =
            Map.ofEntries(
                    Map.entry(400, "Bad Request"),
                    Map.entry(401, "Unauthorized"),
                    Map.entry(403, "Forbidden"),
                    Map.entry(404, "Not Found"),
                    Map.entry(405, "Method Not Allowed"),
                    Map.entry(408, "Request Timeout"),
                    Map.entry(409, "Conflict"),
                    Map.entry(413, "Content Too Large"),
                    Map.entry(415, "Unsupported Media Type"),
                    Map.entry(422, "Unprocessable Content"),
                    Map.entry(429, "Too Many Requests"),
                    Map.entry(500, "Internal Server Error"),
                    Map.entry(502, "Bad Gateway"),
                    Map.entry(503, "Service Unavailable"),
                    Map.entry(504, "Gateway Timeout"));
    private static final Map<String, Integer> PROTOCOL =
            Map.ofEntries(
                    Map.entry("name_taken", 409),
                    Map.entry("illegal_state", 409),
                    Map.entry("key_mismatch", 409),
                    Map.entry("revoked", 403),
                    Map.entry("not_yours", 403),
                    Map.entry("too_many_attempts", 429),
                    Map.entry("bad_code", 401),
                    Map.entry("code_expired", 401),
                    Map.entry("code_used", 401),
                    Map.entry("bad_signature", 401),
                    Map.entry("too_large", 413));
    private static final Map<String, Integer> TASK =
            Map.ofEntries(
                    Map.entry("unknown_skill", 404),
                    Map.entry("unknown_tool", 404),
                    Map.entry("unknown_task", 404),
                    Map.entry("not_asked", 409),
                    Map.entry("bad_answer", 400),
                    Map.entry("not_here", 409),
                    Map.entry("not_stored", 503),
                    Map.entry("denied", 403),
                    Map.entry("refused", 403),
                    Map.entry("key_conflict", 409),
                    Map.entry("agent_unknown", 404),
                    Map.entry("bad_arguments", 400),
                    Map.entry("bad_task", 400),
                    Map.entry("bad_image", 400),
                    Map.entry("no_images", 422),
                    Map.entry("too_deep", 400),
                    Map.entry("agent_offline", 503),
                    Map.entry("unreachable", 503),
                    Map.entry("link_closed", 503),
                    Map.entry("stopped", 503),
                    Map.entry("skill_gone", 503),
                    Map.entry("busy", 429),
                    Map.entry("canceled", 409),
                    Map.entry("deadline_exceeded", 504),
                    Map.entry("timeout", 504));

    private static final Map<RepositoryException.Code, Integer> REPOSITORY =
            Map.of(
                    RepositoryException.Code.MALFORMED, 400,
                    RepositoryException.Code.UNSIGNED, 403,
                    RepositoryException.Code.NOT_OWNED, 403,
                    RepositoryException.Code.CHANGED, 409,
                    RepositoryException.Code.STALE, 409,
                    RepositoryException.Code.WRONG_JAR, 409,
                    RepositoryException.Code.TOO_LARGE, 413,
                    RepositoryException.Code.BLOCKED, 422);

    private Problems() {}

    static Reply of(int status, String code, String detail) {
        ObjectNode problem =
                Wire.object()
                        .put("type", "about:blank")
                        .put("title", TITLES.getOrDefault(status, "Error"))
                        .put("status", status)
                        .put("detail", detail)
                        .put("error", code);
        return new Reply(
                status,
                "application/problem+json",
                Wire.write((Object) problem).getBytes(StandardCharsets.UTF_8),
                Map.of(),
                code);
    }

    /** The answer to a failure. What is nobody's business but ours is logged and not told.
     * @param failure anything a handler or its future threw
     * @param what the call, for the log
     * @return a problem document */
    static Reply of(Throwable failure, String what) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof ApiException known) {
            Reply reply = of(known.status(), known.code(), known.getMessage());
            return known.retryAfter() > 0
                    ? reply.with("Retry-After", String.valueOf(known.retryAfter()))
                    : reply;
        }
        if (cause instanceof ProtocolException known) {
            return retrying(
                    of(PROTOCOL.getOrDefault(known.code(), 400), known.code(), known.getMessage()),
                    60);
        }
        if (cause instanceof TaskException known) {
            // A skill or a model that failed while we waited is the other side's failure, like a
            // gateway's.
            return retrying(
                    of(
                            TASK.getOrDefault(known.error().code(), 502),
                            known.error().code(),
                            known.error().message()),
                    1);
        }
        if (cause instanceof MeshException known) {
            return retrying(
                    of(TASK.getOrDefault(known.code(), 503), known.code(), known.getMessage()), 1);
        }
        if (cause instanceof RepositoryException known) {
            return of(
                    REPOSITORY.getOrDefault(known.code(), 503),
                    known.code().name().toLowerCase(Locale.ROOT),
                    known.getMessage());
        }
        if (cause instanceof RejectedExecutionException) {
            return of(
                            503,
                            "busy",
                            "this host is at its limit of concurrent work; try again shortly")
                    .with("Retry-After", "1");
        }
        if (cause instanceof TimeoutException) {
            return of(504, "deadline_exceeded", "no answer in time");
        }
        if (cause instanceof CancellationException) {
            return of(409, "canceled", "the work was stopped");
        }
        LOG.error("{} failed", what, cause);
        return of(500, "internal", "this host failed to answer; its log says why");
    }

    private static Reply retrying(Reply reply, int seconds) {
        return reply.status() == 429 ? reply.with("Retry-After", String.valueOf(seconds)) : reply;
    }
}
