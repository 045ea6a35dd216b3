package dev.weft.host.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The image and the Compose file on a real engine; skipped, with the reason, where there is none or where it lacks an image. */
@Tag("once")
class ContainerIT {
    private static final String NAME = "weft-it-" + ProcessHandle.current().pid();
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    @TempDir static Path unpacked;
    private static Path home;

    @BeforeAll
    static void built() throws Exception {
        Path archive;
        try (Stream<Path> files = Files.list(Program.HOME.getParent())) {
            archive =
                    files.filter(file -> file.toString().endsWith("-linux-x86_64.tar.gz"))
                            .findFirst()
                            .orElse(null);
        }
        assumeTrue(archive != null, "SKIPPED: this build made no distributions");
        Program.Result engine = sh("docker info --format '{{.ServerVersion}}'");
        assumeTrue(engine.exit() == 0, "SKIPPED: no container engine answers: " + engine.text());
        image("debian:stable-slim");
        run("tar -xzf " + archive + " -C " + unpacked);
        try (Stream<Path> folders = Files.list(unpacked)) {
            home = folders.findFirst().orElseThrow();
        }
        run("docker build --network host -t " + NAME + " -f docker/Dockerfile .");
    }

    private static void image(String name) {
        boolean here = sh("docker image inspect " + name).exit() == 0;
        assumeTrue(
                here || sh("timeout 60 docker pull -q " + name).exit() == 0,
                "SKIPPED: the engine neither has nor gets the image " + name);
    }

    @AfterAll
    static void forgotten() {
        if (home != null) {
            sh("docker rmi " + NAME);
        }
    }

    @AfterEach
    void gone() {
        sh("docker rm -f -v " + NAME + "; docker volume rm " + NAME);
        sh(compose("down -v --remove-orphans"));
    }

    @Test
    void the_image_runs_read_only_as_its_own_user_and_keeps_its_data_in_the_volume() {
        String options =
                " --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges";
        String start = "docker run -d --name " + NAME + " -v " + NAME + ":/var/lib/weft" + options;
        run(start + " " + NAME);
        healthy(NAME);
        String exec = "docker exec " + NAME + " ";
        assertEquals("8700", run(exec + "id -u").strip());
        assertEquals("weft weft", run(exec + "stat -c '%U %G' /var/lib/weft/etc").strip());
        String agents = run(exec + "weft agents --json");
        assertTrue(run(exec + "weft deploy /opt/weft/skills/disk.jar").contains("active"));
        run("docker stop -t 20 " + NAME);
        assertEquals("0", run("docker inspect -f '{{.State.ExitCode}}' " + NAME).strip());
        run("docker rm " + NAME);
        run(start + " " + NAME);
        healthy(NAME);
        assertEquals(id(agents), id(run(exec + "weft agents --json")));
        await().atMost(PATIENCE)
                .until(() -> sh(exec + "weft call disk.usage path=/").text().contains("used"));
    }

    @Test
    void the_mesh_of_the_compose_file_joins_calls_and_keeps_its_data() {
        Program.Result version = sh("docker compose version");
        assumeTrue(version.exit() == 0, "SKIPPED: docker has no compose: " + version.text());
        List.of("postgres:17-alpine", "nginx:stable-alpine", "coturn/coturn:alpine")
                .forEach(ContainerIT::image);
        run(compose("up -d --no-build"));
        List.of("turn", "agent-one", "agent-two")
                .forEach(service -> healthy(NAME + "-" + service + "-1"));
        run(compose("exec -T agent-two weft deploy /opt/weft/skills/disk.jar"));
        call("");
        // and as somebody outside: through the proxy, with TLS, with a key
        Matcher key =
                Pattern.compile("wk_[\\w-]+")
                        .matcher(run(compose("logs --no-log-prefix registry")));
        assertTrue(key.find());
        String outside = " --url https://proxy --key " + key.group();
        call(outside);
        String agents = run(compose("exec -T agent-one weft agents --json" + outside));
        assertTrue(
                run(compose("exec -T registry weft doctor")).contains("gives a relayed address"));
        run(compose("stop"));
        run(compose("up -d --no-build"));
        List.of("agent-one", "agent-two").forEach(service -> healthy(NAME + "-" + service + "-1"));
        assertTrue(run(compose("logs join")).contains("agent-two has joined before"));
        call(outside);
        assertEquals(
                id(agents), id(run(compose("exec -T agent-one weft agents --json" + outside))));
    }

    private static void call(String where) {
        String line =
                compose(
                        "exec -T agent-one weft call disk.usage path=/ --agent agent-two --timeout 20"
                                + where);
        await().atMost(PATIENCE).until(() -> sh(line).text().contains("used_percent"));
    }

    private static String id(String agents) {
        Matcher id = Pattern.compile("agent-[0-9a-f]{6}").matcher(agents);
        List<String> ids = new ArrayList<>();
        while (id.find()) {
            ids.add(id.group());
        }
        return ids.stream().distinct().sorted().toList().toString();
    }

    private static void healthy(String container) {
        await().atMost(PATIENCE)
                .untilAsserted(
                        () ->
                                assertEquals(
                                        "healthy",
                                        run("docker inspect -f '{{.State.Health.Status}}' "
                                                        + container)
                                                .strip()));
    }

    private static String compose(String command) {
        return "WEFT_IMAGE="
                + NAME
                + " WEFT_TLS_PORT=0 docker compose -p "
                + NAME
                + " -f docker/compose.yaml "
                + command;
    }

    private static String run(String line) {
        Program.Result result = sh(line);
        assertEquals(0, result.exit(), line + ": " + result.text());
        return result.text();
    }

    private static Program.Result sh(String line) {
        return Program.sh(home == null ? unpacked : home, line, 600);
    }
}
