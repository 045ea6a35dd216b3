package dev.weft.http.api;

import dev.weft.api.identity.Principal;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.MDC;

/** One request on its way through the servlet: it is answered once, whatever happens. */
final class Exchange implements AsyncListener {
    private static final long PATIENCE_MILLIS = 60_000;
    private final HttpServletRequest request;
    private final HttpServletResponse response;
    private final ExecutorService blocking;
    private final AtomicBoolean answered = new AtomicBoolean();
    private final Observer observer;
    private final String id;
    private final String address;
    private final long begun = System.nanoTime();
    private volatile Route route;
    private volatile Principal principal;
    private volatile String target = "";
    private volatile AsyncContext async;
    private volatile CompletableFuture<Reply> pending;

    /** Hears of every answer. */
    @FunctionalInterface
    interface Observer {
        /** A request is answered, or its stream begins. Must not block for long.
         * @param exchange which
         * @param status HTTP status
         * @param code of a problem, else "" */
        void answered(Exchange exchange, int status, String code);
    }

    Exchange(
            HttpServletRequest request,
            HttpServletResponse response,
            ExecutorService blocking,
            String address,
            Observer observer) {
        this.request = request;
        this.response = response;
        this.blocking = blocking;
        this.address = address;
        this.observer = observer;
        this.id = RequestId.of(request);
        response.setHeader(RequestId.HEADER, id);
    }

    /** The id by which logs, the audit log and the client know this request. */
    String id() {
        return id;
    }

    String address() {
        return address;
    }

    /** Null until it was found. */
    Route route() {
        return route;
    }

    /** Null if nobody proved anything. */
    Principal principal() {
        return principal;
    }

    /** What it is about: as the handler says, else what the path names. */
    String target() {
        return target;
    }

    double seconds() {
        return (System.nanoTime() - begun) / 1e9;
    }

    String method() {
        return request.getMethod();
    }

    String path() {
        return request.getRequestURI();
    }

    void found(Routes.Match match) {
        route = match.route();
        target = String.join(" ", match.parameters().values());
    }

    void proven(Principal who) {
        principal = who;
    }

    void about(String what) {
        target = what;
    }

    AsyncContext startAsync() {
        AsyncContext started = request.startAsync();
        started.setTimeout(PATIENCE_MILLIS);
        started.addListener(this);
        async = started;
        return started;
    }

    /** Answers a request whose body, if there is one, was not read yet.
     * @param reply the answer */
    void refuse(Reply reply) {
        if (!Access.hasBody(request)) {
            write(reply);
            return;
        }
        startAsync();
        BodyReader.discard(request).thenRun(() -> write(reply));
    }

    /** Runs the handler where it belongs.
     * @param route the route
     * @param call what it is called with */
    void run(Route route, Call call) {
        if (route.inline()) {
            handle(route, call);
            return;
        }
        try {
            blocking.execute(() -> handle(route, call));
        } catch (RejectedExecutionException busy) {
            write(Problems.of(busy, toString()));
        }
    }

    private void handle(Route route, Call call) {
        CompletableFuture<Reply> reply;
        MDC.put(RequestId.MDC, id);
        try {
            reply = route.handler().handle(call).toCompletableFuture();
        } catch (Exception failure) {
            reply = CompletableFuture.failedFuture(failure);
        } finally {
            MDC.remove(RequestId.MDC);
        }
        if (reply.isDone()) {
            finish(reply);
            return;
        }
        pending = reply;
        CompletableFuture<Reply> later = reply;
        // What completes it must not wait for our client to read: the write moves to a thread that
        // may.
        reply.whenComplete(
                (done, failure) -> {
                    try {
                        blocking.execute(() -> finish(later));
                    } catch (RejectedExecutionException busy) {
                        finish(CompletableFuture.failedFuture(busy));
                    }
                });
    }

    private void finish(CompletableFuture<Reply> reply) {
        if (reply.isCancelled()) {
            return; // we gave up on it, and said so
        }
        try {
            if (reply.isCompletedExceptionally() && !request.getInputStream().isFinished()) {
                BodyReader.discardNow(request);
            }
        } catch (IOException | IllegalStateException gone) {
            // the answer will not arrive either
        }
        MDC.put(RequestId.MDC, id);
        try {
            write(reply.join());
        } catch (RuntimeException failure) {
            write(Problems.of(failure, toString()));
        } finally {
            MDC.remove(RequestId.MDC);
        }
    }

    /** Answers, unless that was done already.
     * @param reply the answer */
    void write(Reply reply) {
        if (!answered.compareAndSet(false, true)) {
            return;
        }
        observer.answered(this, reply.status(), reply.code());
        if (reply == Reply.STREAMED) {
            return;
        }
        try {
            if (reply.status() == 401) {
                response.setHeader("WWW-Authenticate", "Bearer realm=\"weft\"");
            }
            if (reply != Reply.WRITTEN) {
                reply.writeTo(response);
            }
        } catch (IOException | IllegalStateException gone) {
            // the client went away: nobody is left to tell
        } finally {
            complete();
        }
    }

    private void complete() {
        if (async != null) {
            try {
                async.complete();
            } catch (IllegalStateException alreadyComplete) {
                // the container ended it first
            }
        }
    }

    private void giveUp() {
        CompletableFuture<Reply> waiting = pending;
        if (waiting != null) {
            waiting.cancel(false);
        }
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        write(Problems.of(504, "deadline_exceeded", "no answer in time"));
        giveUp();
    }

    @Override
    public void onError(AsyncEvent event) {
        giveUp();
        answered.set(true);
        complete();
    }

    @Override
    public void onComplete(AsyncEvent event) {}

    @Override
    public void onStartAsync(AsyncEvent event) {}

    @Override
    public String toString() {
        return request.getMethod() + " " + request.getRequestURI();
    }
}
