package dev.weft.http.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.identity.Role;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepositoryFilesTest {
    @TempDir Path temporary;

    @Test
    void strangers_read_only_what_is_open_and_nobody_reads_twice_what_did_not_change()
            throws Exception {
        try (TestHost host = new TestHost()) {
            host.shelf.file = Files.writeString(temporary.resolve("file"), "content");
            String path = "/repository/snapshot.json";
            assertEquals(401, host.send(host.request("GET", path, null)).status());
            assertEquals("content", host.as(Role.AGENT, "GET", path, null).response().body());
            host.shelf.open = true;
            TestHost.Answer answer = host.send(host.request("GET", path, null));
            assertEquals("content", answer.response().body());
            assertEquals("7", answer.header("Content-Length"));
            assertEquals("public, no-cache", answer.header("Cache-Control"));
            TestHost.Answer again =
                    host.send(
                            host.request("GET", path, null)
                                    .header("If-None-Match", answer.header("ETag")));
            assertEquals(304, again.status());
            TestHost.Answer rest =
                    host.send(
                            host.request("GET", path, null)
                                    .header("Range", "bytes=3-")
                                    .header("If-Range", answer.header("ETag")));
            assertEquals(206, rest.status());
            assertEquals("tent", rest.response().body());
            assertEquals("bytes 3-6/7", rest.header("Content-Range"));
            TestHost.Answer other =
                    host.send(
                            host.request("GET", path, null)
                                    .header("Range", "bytes=3-")
                                    .header("If-Range", "\"older\""));
            assertEquals(200, other.status(), "it changed meanwhile");
            assertEquals("content", other.response().body());
            for (String odd : new String[] {"bytes=9-", "bytes=1-2", "bytes=-3", "lines=1-"}) {
                assertEquals(
                        200,
                        host.send(host.request("GET", path, null).header("Range", odd)).status());
            }
            TestHost.Answer forGood = host.send(host.request("GET", "/repository/jars/x", null));
            assertTrue(forGood.header("Cache-Control").endsWith("immutable"));
            assertEquals(405, host.send(host.request("POST", path, "{}")).status());
        }
    }
}
