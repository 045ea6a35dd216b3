package dev.weft.skill.repository;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A server that ends the connection in the middle of a file. */
class CutDownloadTest {
    private static final int PART = 300_000;
    private static final int MOST = 2_000_000;
    private final List<String> ranges = new CopyOnWriteArrayList<>();
    private volatile byte[] file = bytes(1);
    private volatile boolean canResume = true;
    private volatile boolean changes;
    private final AtomicInteger cuts = new AtomicInteger(3);
    private HttpServer server;
    private Source source;

    private static byte[] bytes(long seed) {
        byte[] bytes = new byte[1_000_000];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    @BeforeEach
    void open() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        source = Source.of("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    }

    @AfterEach
    void close() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String range = exchange.getRequestHeaders().getFirst("Range");
        String tag = "\"" + Arrays.hashCode(file) + "\"";
        String same = exchange.getRequestHeaders().getFirst("If-Range");
        boolean rest = canResume && range != null && tag.equals(same);
        int from = rest ? Integer.parseInt(range.replaceAll("bytes=([0-9]+)-", "$1")) : 0;
        ranges.add(rest ? "from " + (from > 0 ? "the middle" : "0") : "whole");
        exchange.getResponseHeaders().set("ETag", tag);
        if (rest) {
            exchange.getResponseHeaders()
                    .set(
                            "Content-Range",
                            "bytes " + from + "-" + (file.length - 1) + "/" + file.length);
        }
        exchange.sendResponseHeaders(rest ? 206 : 200, file.length - from);
        int length =
                cuts.getAndDecrement() > 0
                        ? Math.min(PART, file.length - from)
                        : file.length - from;
        exchange.getResponseBody().write(file, from, length);
        exchange.getResponseBody().flush();
        if (changes) {
            file = bytes(2);
        }
        exchange.close(); // cuts the connection if that was not all
    }

    @Test
    void goes_on_where_it_was_cut() throws Exception {
        assertArrayEquals(file, source.read("a.jar", MOST));
        assertEquals("whole", ranges.get(0));
        assertEquals(4, ranges.size(), ranges.toString());
        assertTrue(ranges.subList(1, 4).stream().allMatch("from the middle"::equals));
    }

    @Test
    void begins_anew_if_the_file_changed() throws Exception {
        changes = true;
        cuts.set(1);
        assertArrayEquals(bytes(2), source.read("a.jar", MOST));
        assertEquals(List.of("whole", "whole"), ranges);
    }

    @Test
    void begins_anew_at_a_server_that_cannot_go_on() throws Exception {
        canResume = false;
        cuts.set(1);
        assertArrayEquals(file, source.read("a.jar", MOST));
        assertEquals(List.of("whole", "whole"), ranges);
    }

    @Test
    void ends_with_the_reason_if_it_gets_no_further() {
        cuts.set(Integer.MAX_VALUE);
        canResume = false; // the same part over and over
        IOException told = assertThrows(IOException.class, () -> source.read("a.jar", MOST));
        assertTrue(told.getMessage().contains("a.jar cannot be read"), told.getMessage());
        assertTrue(ranges.size() <= 21, ranges.size() + " requests");
    }

    @Test
    void a_file_that_is_too_large_is_not_asked_for_again() {
        IOException told = assertThrows(IOException.class, () -> source.read("a.jar", 1000));
        assertTrue(told.getMessage().contains("1000 bytes"), told.getMessage());
        assertEquals(1, ranges.size());
    }
}
