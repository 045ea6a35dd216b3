package dev.weft.llm.provider;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A server that gives recorded answers, whatever is asked: for what a real one does on a bad day. */
public final class ScriptedServer implements AutoCloseable {
    /** How an answer ends. */
    public enum End {
        /** As it should. */
        WHOLE,
        /** The line is cut: more was announced than comes. */
        CUT,
        /** Not at all, until the server is closed. */
        NEVER
    }

    /**
     * What it answers.
     *
     * @param status HTTP status; 0: nothing at all, until the server is closed
     * @param headers besides the content type
     * @param body sent as it is
     * @param end what comes after the body
     * @param lateMillis how long the body takes to come, after the headers
     */
    public record Reply(
            int status, Map<String, String> headers, String body, End end, int lateMillis) {
        /** A plain answer.
         * @param status HTTP status
         * @param body sent as it is
         * @return a reply */
        public static Reply of(int status, String body) {
            return new Reply(status, Map.of(), body, End.WHOLE, 0);
        }
    }

    /**
     * What it was asked.
     *
     * @param path with the query
     * @param headers by lower-case name
     * @param body text
     */
    public record Request(String path, Map<String, List<String>> headers, String body) {}

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private volatile Reply reply = Reply.of(404, "{}");

    /** Listens on a free port of the loopback interface. */
    public ScriptedServer() {
        try {
            server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    /** Where it listens.
     * @return without a path */
    public String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Sets what is answered from now on.
     * @param next the answer */
    public void reply(Reply next) {
        this.reply = next;
    }

    /** What was asked.
     * @return oldest first */
    public List<Request> requests() {
        return requests;
    }

    private void answer(HttpExchange exchange) throws IOException {
        Map<String, List<String>> headers = new java.util.TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.putAll(exchange.getRequestHeaders());
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        requests.add(new Request(exchange.getRequestURI().toString(), headers, body));
        Reply now = reply;
        if (now.status() == 0) {
            hang(exchange);
            return;
        }
        byte[] bytes = now.body().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders()
                .set(
                        "Content-Type",
                        now.body().startsWith("data:") || now.body().startsWith("event:")
                                ? "text/event-stream"
                                : "application/json");
        now.headers().forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
        exchange.sendResponseHeaders(now.status(), now.end() == End.CUT ? bytes.length + 100 : 0);
        exchange.getResponseBody().flush();
        pause(now.lateMillis());
        exchange.getResponseBody().write(bytes);
        exchange.getResponseBody().flush();
        if (now.end() == End.NEVER) {
            hang(exchange);
        }
        exchange.close();
    }

    private void hang(HttpExchange exchange) {
        pause(TimeUnit.SECONDS.toMillis(60));
        exchange.close();
    }

    private void pause(long millis) {
        try {
            closing.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
