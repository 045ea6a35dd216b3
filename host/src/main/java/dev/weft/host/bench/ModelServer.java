package dev.weft.host.bench;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Speaks the OpenAI wire over HTTP and answers at once, so that what is measured is the host. The first part of a path says how:
 * {@code good}, {@code slow} (20 ms), {@code limited} (429, may be asked again at once), {@code broken} (503 every other time).
 */
final class ModelServer implements AutoCloseable {
    private static final long SLOW_NANOS = 20_000_000;
    private static final String ANSWER =
            "{\"id\":\"1\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"bench\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"pong\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1,\"total_tokens\":2}}";

    private final ServerSocket server = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger turns = new AtomicInteger();

    ModelServer() throws IOException {
        start(this::accept);
    }

    /** Where a provider finds it.
     * @param how see above
     * @return a URL */
    String url(String how) {
        return "http://127.0.0.1:" + server.getLocalPort() + "/" + how + "/v1";
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "bench-model");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                open.add(socket);
                start(() -> serve(socket));
            }
        } catch (IOException closed) {
            // the benchmark is over
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream(), 1 << 14);
            for (String request = line(in); !request.isEmpty(); request = line(in)) {
                int length = 0;
                for (String header = line(in); !header.isEmpty(); header = line(in)) {
                    if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                        length = Integer.parseInt(header.substring(15).strip());
                    }
                }
                in.readNBytes(length);
                socket.getOutputStream().write(answer(request));
            }
        } catch (IOException ended) {
            // its client is gone
        } finally {
            open.remove(socket);
        }
    }

    private byte[] answer(String request) {
        if (request.startsWith("GET")) {
            return response("200 OK", "", "{\"object\":\"list\",\"data\":[]}");
        }
        String how = request.split("/", 3)[1];
        if (how.equals("limited")) {
            return response("429 Too Many Requests", "Retry-After: 0\r\n", error("slow down"));
        }
        if (how.equals("broken") && turns.getAndIncrement() % 2 == 0) {
            return response("503 Service Unavailable", "", error("overloaded"));
        }
        if (how.equals("slow")) {
            LockSupport.parkNanos(SLOW_NANOS);
        }
        return response("200 OK", "", ANSWER);
    }

    private static String error(String message) {
        return "{\"error\":{\"message\":\"" + message + "\"}}";
    }

    private static byte[] response(String status, String header, String body) {
        return ("HTTP/1.1 "
                        + status
                        + "\r\nContent-Type: application/json\r\n"
                        + header
                        + "Content-Length: "
                        + body.length()
                        + "\r\n\r\n"
                        + body)
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** A line of ASCII; empty at the end of the stream too. */
    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
