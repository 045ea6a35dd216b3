package dev.weft.host.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.protocol.Wire;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped skills on one host, configured, called, and there again after a restart. */
@Tag("once")
class ShippedSkillsIT {
    @TempDir Path folder;

    @Test
    void skills_are_configured_called_and_keep_what_they_know() throws Exception {
        Path open = Files.createDirectories(folder.resolve("open"));
        Files.writeString(open.resolve("a.txt"), "hello");
        try (TestHost host = new TestHost(folder.resolve("host"), "first").start()) {
            for (String skill :
                    List.of("data", "files", "http", "language", "mesh", "notes", "schedule")) {
                Program.drop(skill, host.deploy());
            }
            TestHost.await(
                    "every skill, and files says that nothing is open",
                    () ->
                            states(host)
                                    .containsAll(
                                            List.of(
                                                    "files unwell",
                                                    "http active",
                                                    "summarize active",
                                                    "translate active",
                                                    "classify active",
                                                    "extract active",
                                                    "notes active",
                                                    "schedule active")));
            ok(host.weft("skill", "config", "files", "folders=[\"" + open + "\"]"));
            JsonNode tokens =
                    Wire.tree(
                            ok(
                                    host.weft(
                                            "skill",
                                            "config",
                                            "http",
                                            "allow=[\"127.0.0.0/8\"]",
                                            "tokens=[\""
                                                    + host.url()
                                                    + "="
                                                    + host.localKey()
                                                    + "\"]")));
            assertEquals("********", tokens.path("tokens").asText());
            TestHost.await("files is well", () -> states(host).contains("files active"));

            assertEquals("hello", call(host, "files.read", "path=a.txt").path("text").asText());
            assertTrue(
                    host.weft("call", "files.read", "path=/etc/hostname")
                            .text()
                            .contains("lies outside"));
            // the token reaches the origin that it is for, this host's own API, as soon as the
            // skill has what it was configured with
            TestHost.await(
                    "http has its settings",
                    () ->
                            host.weft("call", "http.request", "url=" + host.url() + "/api/agents")
                                            .exit()
                                    == 0);
            assertEquals(
                    "first",
                    call(host, "http.request", "url=" + host.url() + "/api/agents")
                            .at("/json/0/name")
                            .asText());
            // the chat model that is injected is the router's; only the offline rules are behind it
            assertEquals(
                    "first_sentences",
                    call(host, "summarize.summarize", "text=One. Two.").path("method").asText());
            call(host, "notes.add", "text=the blue door is open");
            call(
                    host,
                    "schedule.add",
                    "name=look",
                    "skill=files.folders",
                    "timing={\"every\":\"PT10S\"}");
        }
        try (TestHost again = new TestHost(folder.resolve("host"), "first").start()) {
            TestHost.await(
                    "the skills are back",
                    () ->
                            states(again)
                                    .containsAll(
                                            List.of(
                                                    "files active",
                                                    "notes active",
                                                    "schedule active")));
            assertEquals("hello", call(again, "files.read", "path=a.txt").path("text").asText());
            assertEquals(1, call(again, "notes.search", "query=door blue").size());
            TestHost.await(
                    "the job runs",
                    () ->
                            call(again, "schedule.list")
                                    .at("/0/last/state")
                                    .asText()
                                    .equals("completed"));
            assertTrue(
                    call(again, "schedule.list")
                            .at("/0/last/text")
                            .asText()
                            .contains(open.toString()));
        }
    }

    private static List<String> states(TestHost host) {
        List<String> all = new ArrayList<>();
        host.json("skills")
                .forEach(
                        skill ->
                                all.add(
                                        skill.path("id").asText()
                                                + " "
                                                + skill.path("state").asText()));
        return all;
    }

    private static JsonNode call(TestHost host, String skill, String... arguments) {
        List<String> words = new ArrayList<>(List.of("call", skill));
        words.addAll(List.of(arguments));
        return Wire.tree(ok(host.weft(words.toArray(String[]::new))));
    }

    private static String ok(Program.Result result) {
        assertEquals(0, result.exit(), result.text());
        return result.text();
    }
}
