package dev.weft.host.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The edge composition: no HTTP, no database, no model; its skills are called over the mesh, its shell is the way in. */
class EdgeIT {
    @TempDir Path folder;

    @Test
    void skill_on_an_edge_host_is_called_from_the_mesh_and_its_shell_shows_it() throws Exception {
        try (TestHost first = new TestHost(folder.resolve("first"), "first").start();
                TestHost edge = new TestHost(folder.resolve("edge"), "edge")) {
            first.admit(edge);
            edge.start("--profile", "edge");
            assertTrue(
                    !Files.exists(edge.data.resolve("weft.port"))
                            && !Files.exists(edge.data.resolve("db")));
            TestHost.await("a P2P link", () -> first.linkedTo("edge", "p2p"));
            Program.drop("text", edge.deploy());
            TestHost.await("the skill on the first host", () -> first.lists("text", "edge"));
            JsonNode task =
                    first.json("call", "text.statistics", "text=from the edge", "--agent", "edge");
            assertEquals("completed", task.path("state").asText(), task.toString());
            assertEquals("p2p", task.path("path").asText(), task.toString());

            Program.Result shell =
                    edge.weft(
                            "shell",
                            "-c",
                            "weft:skills\nweft:peers\nweft:call text.statistics text=hello");
            assertEquals(0, shell.exit(), shell.text());
            assertTrue(
                    shell.text().contains("text")
                            && shell.text().contains("first")
                            && shell.text().contains("\"words\""),
                    shell.text());
            Program.Result diagnosis =
                    edge.weft("shell", "-c", "weft:top 0.3\nweft:why mesh\nweft:links\nweft:gc");
            assertEquals(0, diagnosis.exit(), diagnosis.text());
            assertTrue(
                    diagnosis.text().contains("dev.weft.")
                            && diagnosis.text().contains("dev.weft.mesh 0.1.0")
                            && diagnosis.text().contains("is active; each of its")
                            && diagnosis.text().contains("p2p")
                            && diagnosis.text().contains("heap "),
                    diagnosis.text());
            assertEquals(1, edge.weft("shell", "-c", "weft:why nothing").exit());
            Program.Result beside =
                    edge.weft("shell", "-c", "weft:agents\nweft:doctor\nweft:tasks --json");
            assertTrue(
                    beside.text().contains("linux")
                            && beside.text().contains("ok    host: it runs, without HTTP; ")
                            && beside.text().contains("error: this form of weft:tasks asks"),
                    beside.text());
            Program.Result http = edge.weft("agents");
            assertEquals(3, http.exit(), http.text());
            assertTrue(http.text().contains("weft shell"), http.text());
            assertEquals(0, edge.stop());
        }
    }
}
