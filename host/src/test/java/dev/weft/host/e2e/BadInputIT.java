package dev.weft.host.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people get wrong: each gets one clear message and the right exit code, and the host goes on. */
@Tag("once")
class BadInputIT {
    @TempDir static Path folder;

    private static TestHost host;

    @BeforeAll
    static void start() throws IOException {
        host = new TestHost(folder.resolve("host"), "host").start();
        Program.drop("text", host.deploy());
        TestHost.await("the skill", () -> host.lists("text", "host"));
    }

    @AfterAll
    static void stop() {
        assertTrue(host.program().isAlive(), host.program().text());
        assertEquals(
                "completed",
                host.json("call", "text.statistics", "text=still here").path("state").asText());
        host.close();
    }

    @Test
    void wrong_code() {
        expect(
                4,
                "code",
                Program.run(
                        folder,
                        "pair",
                        "000000",
                        "--registry",
                        host.url(),
                        "--name",
                        "x",
                        "--data",
                        folder.resolve("wrong").toString()));
    }

    @Test
    void code_of_the_wrong_shape() {
        expect(
                2,
                "six digits",
                Program.run(
                        folder,
                        "pair",
                        "12345",
                        "--registry",
                        host.url(),
                        "--data",
                        folder.resolve("shape").toString()));
    }

    @Test
    void second_use_of_a_code() {
        String code = host.json("code").path("code").asText();
        try (Program first =
                Program.start(
                        folder,
                        "pair",
                        code,
                        "--registry",
                        host.url(),
                        "--name",
                        "first-user",
                        "--data",
                        folder.resolve("use1").toString())) {
            first.await(line -> line.contains("waiting for approval"));
            expect(
                    4,
                    "used",
                    Program.run(
                            folder,
                            "pair",
                            code,
                            "--registry",
                            host.url(),
                            "--name",
                            "second-user",
                            "--data",
                            folder.resolve("use2").toString()));
            assertEquals(0, host.weft("reject", "first-user").exit());
            assertEquals(4, first.awaitExit(), first.text());
        }
    }

    @Test
    void registry_that_is_not_a_url() {
        expect(
                2,
                "not the URL",
                Program.run(
                        folder,
                        "pair",
                        "123456",
                        "--registry",
                        "nonsense",
                        "--data",
                        folder.resolve("url").toString()));
        expect(
                2,
                "not a URL",
                Program.run(
                        folder,
                        "run",
                        "--registry",
                        "nonsense",
                        "--port",
                        "0",
                        "--data",
                        folder.resolve("url").toString()));
    }

    /** Reference defect 37. */
    @Test
    void registry_that_does_not_answer() {
        expect(
                3,
                "cannot be reached",
                Program.run(
                        folder,
                        "pair",
                        "123456",
                        "--registry",
                        "http://127.0.0.1:" + Ports.free(),
                        "--data",
                        folder.resolve("dead").toString()));
    }

    @Test
    void unknown_skill_and_tool() {
        expect(1, "nonsuch", host.weft("call", "nonsuch"));
        expect(1, "statistics", host.weft("call", "text.nonsuch", "text=a"));
    }

    @Test
    void arguments_that_fail_the_schema_say_which_and_what_was_expected() {
        expect(1, "text", host.weft("call", "text.statistics"));
        Program.Result wrong = host.weft("call", "text.statistics", "--input", "{\"text\":5}");
        expect(1, "text", wrong);
        assertTrue(wrong.text().contains("string"), wrong.text());
        expect(2, "key=value", host.weft("call", "text.statistics", "nonsense"));
        expect(2, "--input", host.weft("call", "text.statistics", "--input", "{"));
    }

    @Test
    void agent_that_is_unknown_or_offline() throws IOException {
        expect(1, "ghost", host.weft("call", "text.statistics", "text=a", "--agent", "ghost"));
        expect(
                1,
                "ghost",
                host.weft("call", "text.statistics", "text=a", "--agent", "ghost", "--later"));
        TestHost away = new TestHost(folder.resolve("away"), "away");
        host.admit(away);
        away.start();
        TestHost.await("the other host", () -> host.linkedTo("away", "p2p"));
        away.program().kill();
        TestHost.await(
                "a clear end",
                () -> {
                    Program.Result result =
                            host.weft(
                                    "call",
                                    "text.statistics",
                                    "text=a",
                                    "--agent",
                                    "away",
                                    "--timeout",
                                    "5");
                    return result.exit() == 3 && result.text().contains("away");
                });
        assertEquals(0, host.weft("revoke", "away").exit());
    }

    @Test
    void jar_that_is_no_zip_or_no_bundle_is_refused_with_a_reason_beside_it() throws IOException {
        Files.writeString(host.deploy().resolve("nozip.jar"), "this is not a zip");
        Files.copy(
                Program.HOME.resolve("lib").resolve(picocli()),
                host.deploy().resolve("nobundle.jar"));
        TestHost.await(
                "the reasons",
                () ->
                        Files.readString(host.deploy().resolve("nozip.jar.error")).contains("zip")
                                && !Files.readString(host.deploy().resolve("nobundle.jar.error"))
                                        .isBlank());
        Program.Result refused = host.weft("deploy", host.deploy().resolve("nozip.jar").toString());
        expect(1, "zip", refused);
        Files.delete(host.deploy().resolve("nozip.jar"));
        Files.delete(host.deploy().resolve("nobundle.jar"));
        TestHost.await(
                "the reasons gone", () -> !Files.exists(host.deploy().resolve("nozip.jar.error")));
    }

    private static String picocli() throws IOException {
        try (var jars = Files.list(Program.HOME.resolve("lib"))) {
            return jars.map(jar -> jar.getFileName().toString())
                    .filter(jar -> jar.startsWith("picocli"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void port_in_use() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            expect(
                    1,
                    "--port",
                    Program.run(
                            folder,
                            "run",
                            "--port",
                            String.valueOf(taken.getLocalPort()),
                            "--data",
                            folder.resolve("port").toString()));
        }
    }

    @Test
    void data_directory_in_use_unusable_or_newer() throws IOException {
        expect(
                1,
                "in use",
                Program.run(folder, "run", "--port", "0", "--data", host.data.toString()));
        Path file = Files.writeString(folder.resolve("a-file"), "");
        expect(
                1,
                "--data",
                Program.run(
                        folder, "run", "--port", "0", "--data", file.resolve("inside").toString()));
        Path newer = Files.createDirectories(folder.resolve("newer"));
        Files.writeString(newer.resolve("layout"), "999\n");
        expect(
                1,
                "newer version",
                Program.run(folder, "run", "--port", "0", "--data", newer.toString()));
    }

    @Test
    void malformed_agent_yaml_says_line_and_hint() throws IOException {
        Path agent = Files.createDirectories(folder.resolve("agent"));
        Files.writeString(
                agent.resolve("agent.yaml"),
                "name: good\nskillz: [a]\nmax_turns: many\nproviders:\n  - id: x\n    api_key: secret\n");
        Program.Result result = Program.run(agent, "validate");
        expect(1, "agent.yaml:2: unknown key \"skillz\"", result);
        assertTrue(
                result.text().contains("agent.yaml:3:") && result.text().contains("api_key_env"),
                result.text());
        assertFalse(
                result.text().contains("secret\n") && result.text().contains("\"secret\""),
                result.text());
        expect(2, "agent.yaml:2", Program.run(agent, "run", "--port", "0"));
    }

    @Test
    void commands_without_a_host_or_a_key() {
        expect(
                3,
                "no host runs",
                Program.run(folder, "agents", "--data", folder.resolve("nothing").toString()));
        expect(4, "key", Program.run(folder, "agents", "--url", host.url(), "--key", "wk_wrong"));
        expect(2, "command", Program.run(folder));
        expect(2, "--help", Program.run(folder, "call"));
    }

    private static void expect(int exit, String text, Program.Result result) {
        assertEquals(exit, result.exit(), result.text());
        assertTrue(result.text().contains(text), result.text());
        assertFalse(
                result.text().contains("\tat "), "a stack trace is no message: " + result.text());
        assertTrue(
                result.text().lines().filter(line -> line.startsWith("weft: ")).count() >= 1,
                result.text());
    }
}
