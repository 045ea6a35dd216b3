package dev.weft.host.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.protocol.Wire;
import dev.weft.store.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A registry that keeps its tables in PostgreSQL, by one setting. */
@Tag("once")
class PostgresIT {
    @TempDir Path folder;

    @Test
    void a_host_joins_works_and_is_remembered_after_a_kill() throws Exception {
        PostgresServer server = PostgresServer.get().orElse(null);
        Assumptions.assumeTrue(server != null, PostgresServer.hint());
        try (TestHost hub = new TestHost(folder.resolve("hub"), "hub");
                TestHost box = new TestHost(folder.resolve("box"), "box")) {
            Path etc = Files.createDirectories(hub.data.resolve("etc"));
            Files.writeString(
                    etc.resolve("store.json"),
                    Wire.write(
                            (Object)
                                    Wire.object()
                                            .set(
                                                    "dev.weft.store",
                                                    Wire.object()
                                                            .put("url", server.url(""))
                                                            .put("user", PostgresServer.USER)
                                                            .put(
                                                                    "password_file",
                                                                    server.passwordFile()
                                                                            .toString()))));
            hub.start();
            hub.admit(box);
            box.start();
            Program.drop("text", box.deploy());
            TestHost.await("the skill on the hub's list", () -> hub.lists("text", "box"));
            TestHost.await(
                    "the route to the box",
                    () -> Rest.send(hub, "/api/registry/route?skill=text").statusCode() == 200);
            assertFalse(Files.exists(hub.data.resolve("db")), "no H2 database is made");
            Program.Result backup = hub.weft("backup", folder.resolve("b.zip").toString());
            assertEquals(1, backup.exit(), backup.text());
            assertTrue(backup.text().contains("pg_dump"), backup.text());

            hub.program().kill();
            hub.start();
            JsonNode members = Rest.get(hub, "/api/pairing/all");
            assertEquals("approved", members.path(0).path("status").asText(), members.toString());
            String log = Files.readString(hub.data.resolve("log/weft.log"));
            assertFalse(
                    log.contains(Files.readString(server.passwordFile()).strip()),
                    "the password is in the log");
        }
    }
}
