package dev.weft.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.deploy.Deployments;
import dev.weft.api.deploy.Deployments.Deployment;
import dev.weft.api.deploy.Deployments.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Going back, and coming back after a restart. */
class RollbackTest extends HostTest {
    private List<String> staged() throws IOException {
        try (Stream<Path> all = Files.list(host.data.resolve("skills/staged"))) {
            return all.map(path -> path.getFileName().toString()).toList();
        }
    }

    private List<String> previous() throws InterruptedException {
        return host.file("echo.jar").map(Deployment::previous).orElse(List.of());
    }

    @Test
    void roll_back_goes_back_one_version_at_a_time_and_never_to_what_was_rolled_back()
            throws Exception {
        echo("1.0.0");
        echo("2.0.0");
        echo("3.0.0");
        soon().until(() -> previous().equals(List.of("2.0.0", "1.0.0"))); // just after it speaks
        Deployment back = rollback("echo", "");
        assertEquals("active 2.0.0", back.state().wireName() + " " + back.version());
        assertEquals("2.0.0", host.say());
        assertEquals("1.0.0", rollback("echo", "").version());
        assertEquals("1.0.0", host.say());
        IllegalStateException end =
                assertThrows(IllegalStateException.class, () -> rollback("echo", ""));
        assertEquals("no earlier version of echo is kept", end.getMessage());
        assertThrows(NoSuchElementException.class, () -> rollback("nobody", ""));
        // By name, a version that was rolled back can still be had.
        assertEquals("3.0.0", rollback("echo", "3.0.0").version());
        assertEquals("3.0.0", host.say());
        restart();
        says("3.0.0");
        assertEquals("active", state("echo.jar", State.ACTIVE).state().wireName());
    }

    @Test
    void so_many_versions_are_kept_and_no_more() throws Exception {
        restart("keep_versions=I\"1\"");
        echo("1.0.0");
        echo("2.0.0");
        echo("3.0.0");
        soon().until(() -> previous().equals(List.of("2.0.0")));
        soon().until(() -> staged().size() == 2);
        restart("keep_versions=I\"1\"");
        says("3.0.0");
        assertEquals("2.0.0", rollback("echo", "").version());
        Files.delete(host.deploy.resolve("echo.jar"));
        soon().until(() -> staged().isEmpty());
    }

    @Test
    void roll_back_from_what_was_refused_goes_to_what_runs() throws Exception {
        echo("1.0.0");
        echo("2.0.0");
        host.drop("echo.jar", "no zip".getBytes());
        state("echo.jar", State.REFUSED);
        assertEquals("2.0.0", rollback("echo", "").version());
        assertFalse(Files.exists(host.deploy.resolve("echo.jar.error")));
        assertEquals("1.0.0", rollback("echo", "").version());
    }

    @Test
    void a_bad_replacement_and_a_restart_leave_the_old_version_running() throws Exception {
        echo("1.0.0");
        byte[] whole = SkillJar.of("echo").version("2.0.0").bytes();
        for (byte[] bad :
                List.of(
                        "no zip".getBytes(),
                        Arrays.copyOf(whole, whole.length / 2),
                        SkillJar.of("throwing").with("Bundle-SymbolicName", "test.echo").bytes(),
                        SkillJar.of("echo")
                                .version("2.0.0")
                                .with("Import-Package", "com.acme.foo,*")
                                .bytes())) {
            host.close();
            Files.write(host.deploy.resolve("echo.jar"), bad);
            host = new Host(home);
            says("1.0.0");
            soon().until(
                            () ->
                                    host.file("echo.jar")
                                            .map(file -> file.reason().endsWith("before, runs"))
                                            .orElse(false));
        }
        restart();
        says("1.0.0");
        echo("3.0.0");
        assertEquals("1.0.0", rollback("echo", "").version());
    }

    @Test
    void what_crashed_is_not_started_again_until_it_is_touched_or_somebody_asks() throws Exception {
        System.setProperty("weft.test.starts", "0");
        try {
            host.drop("throwing.jar", SkillJar.of("throwing").bytes());
            String reason = reason("throwing.jar", State.QUARANTINED);
            assertTrue(reason.contains("no sensor on this machine"), reason);
            assertEquals("1", System.getProperty("weft.test.starts"));
            host.drop("echo.jar", SkillJar.of("echo").bytes());
            for (int run = 0; run < 2; run++) {
                restart();
                says("hello");
                assertEquals(reason, reason("throwing.jar", State.QUARANTINED));
                assertEquals("1", System.getProperty("weft.test.starts"));
            }
            CompletableFuture<Deployment> retried =
                    host.service(Deployments.class).retry("throwing");
            assertEquals(State.QUARANTINED, retried.get(60, TimeUnit.SECONDS).state());
            assertEquals("2", System.getProperty("weft.test.starts"));
            Files.setLastModifiedTime(
                    host.deploy.resolve("throwing.jar"), FileTime.fromMillis(1_000_000));
            soon().until(() -> "3".equals(System.getProperty("weft.test.starts")));
        } finally {
            System.clearProperty("weft.test.starts");
        }
    }

    @Test
    void a_content_that_ended_the_host_twice_is_held_back_and_the_old_one_runs() throws Exception {
        echo("1.0.0");
        host.close();
        byte[] killer = SkillJar.of("echo").version("2.0.0").says("2.0.0").bytes();
        Files.write(host.deploy.resolve("echo.jar"), killer);
        String sha256 =
                java.util.HexFormat.of()
                        .formatHex(
                                java.security.MessageDigest.getInstance("SHA-256").digest(killer));
        Files.writeString(host.data.resolve("skills/starting").resolve(sha256), "2");
        host = new Host(home);
        assertTrue(
                state("echo.jar", State.QUARANTINED)
                        .reason()
                        .contains("both times when the host ended"));
        says("1.0.0");
        host.service(Deployments.class).retry("echo").get(60, TimeUnit.SECONDS);
        says("2.0.0");
    }

    @Test
    void a_renamed_file_keeps_its_skill_its_calls_and_its_history() throws Exception {
        echo("1.0.0");
        echo("2.0.0");
        long id = host.bundle("test.echo").getBundleId();
        soon().until(() -> host.bundles("test.echo").size() == 1);
        id = host.bundle("test.echo").getBundleId();
        try (Caller caller = new Caller(host, "echo.say")) {
            Files.move(host.deploy.resolve("echo.jar"), host.deploy.resolve("renamed.jar"));
            state("renamed.jar", State.ACTIVE);
            soon().until(() -> host.file("echo.jar").isEmpty());
            caller.more(50);
        }
        assertEquals(id, host.bundle("test.echo").getBundleId());
        assertEquals("1.0.0", rollback("echo", "").version());
        assertEquals("renamed.jar", host.service(Deployments.class).list().get(0).file());
        assertFalse(Files.exists(host.deploy.resolve("echo.jar.error")));
    }

    @Test
    void a_file_that_is_deleted_and_made_anew_is_replaced_under_its_calls() throws Exception {
        echo("1.0.0");
        try (Caller caller = new Caller(host, "echo.say")) {
            for (int i = 1; i <= 5; i++) {
                byte[] next = SkillJar.of("echo").version("1." + i + ".0").says("r" + i).bytes();
                Files.delete(host.deploy.resolve("echo.jar"));
                Files.write(host.deploy.resolve("echo.jar"), next);
                says("r" + i);
                caller.more(10);
            }
        }
    }

    @Test
    void of_two_files_with_one_bundle_the_same_one_answers_after_a_restart() throws Exception {
        host.drop("two.jar", SkillJar.of("echo").version("1.1.0").says("two").bytes());
        says("two");
        host.drop("one.jar", SkillJar.of("echo").says("one").bytes());
        says("one");
        assertTrue(state("two.jar", State.REFUSED).reason().contains("gave way to one.jar"));
        Files.setLastModifiedTime(host.deploy.resolve("one.jar"), FileTime.fromMillis(1_000_000));
        soon().until(() -> state("one.jar", State.ACTIVE) != null);
        restart();
        says("one");
        assertTrue(state("two.jar", State.REFUSED).reason().contains("gave way to one.jar"));
        Files.delete(host.deploy.resolve("one.jar"));
        says("two");
    }
}
