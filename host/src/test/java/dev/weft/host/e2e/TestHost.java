package dev.weft.host.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.protocol.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;

/** A host of a test: its data directory, its process, and the commands that a person would type at it. */
final class TestHost implements AutoCloseable {
    /** Three times the longest pause between two attempts of a host to reach its registry. */
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    final Path data;
    private final Path folder;
    private final String name;
    private final List<String> wrapper;
    private final List<String> place;
    private final String address;
    private Path home = Program.HOME;
    private String port = "0";
    private Program program;

    TestHost(Path folder, String name) throws IOException {
        this(folder, name, List.of());
    }

    TestHost(Path folder, String name, List<String> wrapper) throws IOException {
        this(folder, name, wrapper, List.of(), "127.0.0.1");
    }

    /** A host in a network namespace of its own.
     * @param place how a command is run there
     * @param address where others reach it */
    static TestHost in(Path folder, String name, List<String> place, String address)
            throws IOException {
        return new TestHost(folder, name, place, place, address);
    }

    private TestHost(
            Path folder, String name, List<String> wrapper, List<String> place, String address)
            throws IOException {
        this.folder = Files.createDirectories(folder);
        this.data = folder.resolve("data");
        this.name = name;
        this.wrapper = wrapper;
        this.place = place;
        this.address = address;
    }

    /** Another distribution. */
    TestHost of(Path distribution) {
        home = distribution;
        return this;
    }

    /** Every start is at one port, so that others find the host again; else each takes another. */
    TestHost keepsPort() {
        port = String.valueOf(Ports.free());
        return this;
    }

    /** Settings of the next start.
     * @param pid of the component */
    TestHost configure(String pid, ObjectNode values) throws IOException {
        Files.writeString(
                Files.createDirectories(data.resolve("etc")).resolve(pid + ".json"),
                Wire.write((Object) Wire.object().set(pid, values)));
        return this;
    }

    /** Starts the process and waits for its ready line. */
    TestHost start(String... more) {
        List<String> arguments =
                new ArrayList<>(List.of("run", "--name", name, "--data", data.toString()));
        arguments.addAll(List.of("--port", port));
        arguments.addAll(List.of(more));
        program = Program.startUnder(wrapper, home, folder, arguments.toArray(String[]::new));
        program.await(line -> line.contains(" is ready after "));
        return this;
    }

    Program program() {
        return program;
    }

    String name() {
        return name;
    }

    Path deploy() {
        return data.resolve("deploy");
    }

    String url() {
        try {
            return "http://" + address + ":" + Files.readString(data.resolve("weft.port")).strip();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    String localKey() throws IOException {
        return Files.readString(data.resolve("run/local.key")).strip();
    }

    /** A command at this host. */
    Program.Result weft(String... arguments) {
        return Program.runUnder(place, folder, with(arguments));
    }

    JsonNode json(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--json");
        return Program.jsonUnder(place, folder, with(all.toArray(String[]::new)));
    }

    private String[] with(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--data", data.toString()));
        return all.toArray(String[]::new);
    }

    /** Lets a host join the mesh of this registry, which is asked by REST, or by a command if it is in a network of its own. */
    void admit(TestHost newcomer) {
        boolean here = place.isEmpty();
        JsonNode made = here ? pairing("generate-code") : json("code");
        try (Program pairing =
                Program.startUnder(
                        newcomer.place,
                        Program.HOME,
                        newcomer.folder,
                        "pair",
                        made.path("code").asText(),
                        "--registry",
                        url(),
                        "--name",
                        newcomer.name,
                        "--data",
                        newcomer.data.toString())) {
            pairing.await(line -> line.contains("waiting for approval"));
            if (here) {
                pairing(newcomer.name + "/approve");
            } else {
                weft("approve", newcomer.name);
            }
            if (pairing.awaitExit() != 0) {
                throw new AssertionError(pairing.text());
            }
        }
    }

    private JsonNode pairing(String what) {
        try {
            return Wire.tree(Rest.post(this, "/api/pairing/" + what, "{}").body());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Waits until a condition of the mesh holds. */
    static void await(String what, Callable<Boolean> condition) {
        Awaitility.await(what)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(200))
                .ignoreExceptions()
                .until(condition);
    }

    /** A list of the mesh as REST tells it, since a process for each look would take the time of what is looked at; a host without
     * HTTP, or in a network of its own, is asked by a command. */
    private JsonNode list(String what) throws IOException, InterruptedException {
        return place.isEmpty() && Files.exists(data.resolve("weft.port"))
                ? Rest.get(this, "/api/" + what)
                : json(what);
    }

    boolean sees(String agent, String health) throws IOException, InterruptedException {
        for (JsonNode known : list("agents")) {
            if (known.path("name").asText().equals(agent)) {
                return known.path("health").asText().equals(health);
            }
        }
        return false;
    }

    boolean linkedTo(String peer, String path) throws IOException, InterruptedException {
        for (JsonNode link : list("peers")) {
            if (link.path("name").asText().equals(peer)) {
                return link.path("path").asText().equals(path);
            }
        }
        return false;
    }

    boolean lists(String skill, String host) throws IOException, InterruptedException {
        for (JsonNode offered : list("skills")) {
            if (offered.path("id").asText().equals(skill)
                    && offered.path("host").asText().equals(host)) {
                return true;
            }
        }
        return false;
    }

    /** What this host says of itself when a test fails: health, links, how tasks stand, and the end of its log. */
    String evidence() {
        StringBuilder text = new StringBuilder("== " + name + "\n");
        for (String path : List.of("/api/health", "/api/peers", "/api/hub/tasks?limit=2000")) {
            try {
                JsonNode answer = Rest.get(this, path);
                text.append(path)
                        .append(": ")
                        .append(path.contains("tasks") ? states(answer) : answer);
            } catch (Exception | AssertionError e) {
                text.append(path).append(": ").append(e);
            }
            text.append('\n');
        }
        try {
            List<String> log = Files.readAllLines(data.resolve("log/weft.log"));
            log.subList(Math.max(0, log.size() - 60), log.size())
                    .forEach(line -> text.append(line).append('\n'));
        } catch (IOException e) {
            text.append("no log: ").append(e).append('\n');
        }
        return text.toString();
    }

    /** How many tasks are in which state, and with which error. */
    private static Map<String, Integer> states(JsonNode tasks) {
        Map<String, Integer> counts = new TreeMap<>();
        JsonNode list = tasks.isArray() ? tasks : tasks.path("tasks");
        for (JsonNode task : list) {
            counts.merge(
                    task.path("state").asText()
                            + " attempt "
                            + task.path("attempt").asInt()
                            + " "
                            + task.path("error").path("code").asText(),
                    1,
                    Integer::sum);
        }
        return counts;
    }

    int stop() {
        return program.terminate();
    }

    @Override
    public void close() {
        if (program != null) {
            program.close();
        }
    }
}
