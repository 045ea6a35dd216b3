package dev.weft.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.deploy.Deployments;
import dev.weft.api.deploy.Deployments.State;
import dev.weft.api.skill.Skills;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.osgi.framework.wiring.BundleWiring;

class DeployTest extends HostTest {
    private String refusal(String file) throws Exception {
        return reason(file, State.REFUSED);
    }

    @Override
    String reason(String file, State state) throws Exception {
        String reason = super.reason(file, state);
        assertFalse(host.health().ok() || host.health().blocking());
        assertTrue(host.health().detail().contains(".jar"));
        return reason;
    }

    private boolean saying(String text) throws InterruptedException {
        return says("echo.say", text);
    }

    @Test
    void a_dropped_jar_runs_and_a_deleted_one_goes() throws Exception {
        host.drop("echo.jar", SkillJar.of("echo").bytes());
        soon().until(() -> saying("hello"));
        state("echo.jar", State.ACTIVE);
        assertEquals(List.of("echo"), host.file("echo.jar").orElseThrow().skills());
        assertTrue(host.health().ok());
        Files.delete(host.deploy.resolve("echo.jar"));
        soon().until(() -> host.bundles("test.echo").isEmpty());
        assertEquals(List.of(), host.service(Skills.class).installed());
        assertEquals(List.of(), host.service(Deployments.class).list());
        soon().until(() -> Files.list(host.data.resolve("skills/staged")).findAny().isEmpty());
    }

    @Test
    void a_jar_that_is_written_slowly_is_taken_when_it_is_whole() throws Exception {
        byte[] bytes = SkillJar.of("echo").bytes();
        Files.createDirectories(host.deploy);
        try (OutputStream out = Files.newOutputStream(host.deploy.resolve("echo.jar"))) {
            out.write(bytes, 0, bytes.length / 2);
            out.flush();
            state("echo.jar", State.PENDING);
            out.write(bytes, bytes.length / 2, bytes.length - bytes.length / 2);
        }
        soon().until(() -> saying("hello"));
        assertFalse(host.events.toString().contains("skill.failed"));
    }

    @Test
    void a_replaced_jar_lets_the_running_call_end_on_the_old_code() throws Exception {
        host.drop("echo.jar", SkillJar.of("echo").says("old").bytes());
        soon().until(() -> saying("old"));
        CountDownLatch began = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        CompletableFuture<String> running =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return host.say(
                                        text -> {
                                            began.countDown();
                                            wait(go);
                                        });
                            } catch (InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                        });
        assertTrue(began.await(60, TimeUnit.SECONDS));
        host.drop("echo.jar", SkillJar.of("echo").version("1.1.0").says("new").bytes());
        soon().until(() -> saying("new"));
        assertEquals(2, host.bundles("test.echo").size());
        assertFalse(running.isDone());
        go.countDown();
        assertEquals("old", running.get(60, TimeUnit.SECONDS));
        soon().until(() -> host.bundles("test.echo").equals(List.of("1.1.0")));
    }

    private static void wait(CountDownLatch latch) {
        try {
            if (!latch.await(60, TimeUnit.SECONDS)) {
                throw new IllegalStateException("nobody let me go");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void same_version_other_content_and_a_lower_version_replace_too_and_no_call_fails()
            throws Exception {
        host.drop("echo.jar", SkillJar.of("echo").version("2.0.0").says("a").bytes());
        soon().until(() -> saying("a"));
        CountDownLatch stop = new CountDownLatch(1);
        CompletableFuture<Integer> caller =
                CompletableFuture.supplyAsync(
                        () -> {
                            int calls = 0;
                            try {
                                for (; stop.getCount() > 0; calls++) {
                                    host.say();
                                }
                            } catch (InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                            return calls;
                        });
        host.drop("echo.jar", SkillJar.of("echo").version("2.0.0").says("b").bytes());
        soon().until(() -> saying("b"));
        host.drop("echo.jar", SkillJar.of("echo").version("1.0.0").says("c").bytes());
        soon().until(() -> saying("c"));
        host.drop("echo.jar", SkillJar.of("echo").version("2.0.0").says("a").bytes());
        soon().until(() -> saying("a"));
        stop.countDown();
        assertTrue(caller.get(60, TimeUnit.SECONDS) > 0);
        soon().until(() -> host.bundles("test.echo").equals(List.of("2.0.0")));
    }

    @Test
    void a_bad_replacement_leaves_the_running_version_alone_and_a_good_one_clears_the_error()
            throws Exception {
        host.drop("echo.jar", SkillJar.of("echo").says("old").bytes());
        soon().until(() -> saying("old"));
        host.drop(
                "echo.jar",
                SkillJar.of("echo")
                        .version("1.1.0")
                        .with("Import-Package", "com.acme.foo;version=\"[1.0,2)\",*")
                        .bytes());
        String reason = refusal("echo.jar");
        assertTrue(reason.startsWith("needs package com.acme.foo [1.0"), reason);
        assertTrue(reason.endsWith("version 1.0.0, which it held before, keeps running"), reason);
        assertEquals("old", host.say());
        soon().until(() -> host.bundles("test.echo").equals(List.of("1.0.0")));
        host.drop("echo.jar", SkillJar.of("echo").version("1.2.0").says("good").bytes());
        soon().until(() -> saying("good"));
        state("echo.jar", State.ACTIVE); // a moment after it speaks
        assertFalse(Files.exists(host.deploy.resolve("echo.jar.error")));
        assertTrue(host.health().ok());
    }

    @Test
    void another_file_with_the_same_bundle_takes_over_and_gives_back() throws Exception {
        host.drop("one.jar", SkillJar.of("echo").says("one").bytes());
        soon().until(() -> saying("one"));
        host.drop("two.jar", SkillJar.of("echo").version("1.1.0").says("two").bytes());
        soon().until(() -> saying("two"));
        state("one.jar", State.REFUSED);
        assertTrue(host.file("one.jar").orElseThrow().reason().contains("gave way to two.jar"));
        Files.delete(host.deploy.resolve("two.jar"));
        soon().until(() -> saying("one"));
        state("one.jar", State.ACTIVE);
        assertFalse(Files.exists(host.deploy.resolve("one.jar.error")));
        soon().until(() -> host.bundles("test.echo").equals(List.of("1.0.0")));
    }

    @Test
    void what_does_not_return_from_activation_holds_nobody_up() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        System.getProperties().put("weft.test.gate", gate);
        try {
            host.drop("hanging.jar", SkillJar.of("hanging").bytes());
            state("hanging.jar", State.PENDING);
            host.drop("echo.jar", SkillJar.of("echo").bytes());
            soon().until(() -> saying("hello"));
            assertEquals(State.PENDING, host.file("hanging.jar").orElseThrow().state());
        } finally {
            gate.countDown();
            System.getProperties().remove("weft.test.gate");
        }
        state("hanging.jar", State.ACTIVE);
    }

    @Test
    void what_never_returns_from_activation_is_refused_and_the_others_go_on() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        System.getProperties().put("weft.test.gate", gate);
        try {
            restart("start_seconds=I\"3\"");
            host.drop("hanging.jar", SkillJar.of("hanging").bytes());
            host.drop("waiting.jar", SkillJar.of("waiting").bytes());
            host.drop("echo.jar", SkillJar.of("echo").bytes());
            String hanging = reason("hanging.jar", State.QUARANTINED);
            assertTrue(hanging.contains("did not start within 3 s"), hanging);
            state("echo.jar", State.ACTIVE);
            String waiting = refusal("waiting.jar");
            assertTrue(
                    waiting.contains(
                            "waits for a service java.util.concurrent.Callable (sensor=yes)"),
                    waiting);
            soon().until(() -> host.bundles("test.waiting").isEmpty());
            Files.delete(host.deploy.resolve("echo.jar"));
            soon().until(() -> host.bundles("test.echo").isEmpty());
        } finally {
            gate.countDown();
            System.getProperties().remove("weft.test.gate");
        }
        soon().until(() -> host.bundles("test.hanging").isEmpty());
    }

    @Test
    void what_throws_in_activation_is_refused_with_its_own_words() throws Exception {
        host.drop("throwing.jar", SkillJar.of("throwing").bytes());
        String reason = reason("throwing.jar", State.QUARANTINED);
        assertTrue(reason.contains("no sensor on this machine"), reason);
        soon().until(() -> host.bundles("test.throwing").isEmpty());
        Files.delete(host.deploy.resolve("throwing.jar"));
        soon().until(() -> !Files.exists(host.deploy.resolve("throwing.jar.error")));
    }

    @Test
    void what_the_runtime_refuses_is_refused_with_the_reason() throws Exception {
        host.drop("overloaded.jar", SkillJar.of("refused").bytes());
        assertTrue(refusal("overloaded.jar").contains("two @Tool methods are called go"));
        soon().until(() -> host.bundles("test.refused").isEmpty());
    }

    @Test
    void what_is_no_skill_bundle_is_refused_and_nothing_else_is_touched() throws Exception {
        host.drop("echo.jar", SkillJar.of("echo").bytes());
        byte[] whole = SkillJar.of("echo").with("Bundle-SymbolicName", "test.other").bytes();
        host.drop("text.jar", "this is no zip".getBytes());
        host.drop("half.jar", Arrays.copyOf(whole, whole.length / 2));
        host.drop(
                "noskill.jar",
                SkillJar.of("echo")
                        .with("Bundle-SymbolicName", "test.none")
                        .with("Provide-Capability", "acme;acme=x")
                        .with("-exportcontents", "")
                        .with("-removeheaders", "Provide-Capability")
                        .bytes());
        host.drop(
                "hostname.jar",
                SkillJar.of("echo").with("Bundle-SymbolicName", "dev.weft.skill.runtime").bytes());
        Files.createSymbolicLink(host.deploy.resolve("link.jar"), host.deploy.resolve("echo.jar"));
        assertTrue(refusal("text.jar").contains("not a zip"));
        assertTrue(refusal("half.jar").contains("not a zip"));
        assertTrue(refusal("noskill.jar").contains("offers no skill"));
        assertTrue(refusal("hostname.jar").contains("like a bundle of the host itself"));
        assertTrue(refusal("link.jar").contains("symbolic link"));
        soon().until(() -> saying("hello"));
        state("echo.jar", State.ACTIVE);
    }

    @Test
    void a_hundred_files_at_once() throws Exception {
        byte[][] jars = new byte[100][];
        for (int n = 0; n < 100; n++) {
            jars[n] = SkillJar.of("echo").with("Bundle-SymbolicName", "test.echo" + n).bytes();
        }
        long began = System.nanoTime();
        for (int n = 0; n < 100; n++) {
            host.drop("echo" + n + ".jar", jars[n]);
        }
        soon().atMost(Duration.ofMinutes(2))
                .until(
                        () ->
                                host.service(Deployments.class).list().stream()
                                                .filter(file -> file.state() == State.ACTIVE)
                                                .count()
                                        == 100);
        System.out.printf("100 files at once: %d ms%n", (System.nanoTime() - began) / 1_000_000);
        for (int n = 0; n < 100; n++) {
            Files.delete(host.deploy.resolve("echo" + n + ".jar"));
        }
        soon().atMost(Duration.ofMinutes(2))
                .until(
                        () ->
                                host.service(Skills.class).installed().isEmpty()
                                        && host.service(Deployments.class).list().isEmpty());
    }

    @Test
    void the_classes_of_a_removed_skill_are_let_go() throws Exception {
        host.drop("echo.jar", SkillJar.of("echo").bytes());
        soon().until(() -> saying("hello"));
        WeakReference<ClassLoader> loader =
                new WeakReference<>(
                        host.bundle("test.echo").adapt(BundleWiring.class).getClassLoader());
        Files.delete(host.deploy.resolve("echo.jar"));
        soon().until(() -> host.bundles("test.echo").isEmpty());
        soon().until(
                        () -> {
                            System.gc();
                            return loader.get() == null;
                        });
    }

    @Test
    void put_and_remove_do_as_if_by_hand() throws Exception {
        Deployments deployments = host.service(Deployments.class);
        deployments.put("echo.jar", new ByteArrayInputStream(SkillJar.of("echo").bytes()));
        soon().until(() -> saying("hello"));
        state("echo.jar", State.ACTIVE);
        for (String bad :
                List.of(
                        "../echo.jar",
                        "a/b.jar",
                        ".hidden.jar",
                        "echo.txt",
                        "",
                        "a\nb.jar",
                        "c:\\x.jar")) {
            assertThrows(
                    IOException.class,
                    () -> deployments.put(bad, new ByteArrayInputStream(new byte[0])),
                    bad);
        }
        assertFalse(deployments.remove("nobody"));
        assertTrue(deployments.remove("echo"));
        soon().until(() -> host.service(Skills.class).installed().isEmpty());
        assertEquals(List.of(), Files.list(host.deploy).toList());
    }

    @Test
    void a_new_run_of_the_component_takes_over_what_runs_and_drops_what_went_meanwhile()
            throws Exception {
        host.drop("echo.jar", SkillJar.of("echo").bytes());
        host.drop("two.jar", SkillJar.of("echo").with("Bundle-SymbolicName", "test.two").bytes());
        state("echo.jar", State.ACTIVE);
        state("two.jar", State.ACTIVE);
        host.deployBundle().stop();
        assertEquals("hello", host.say());
        soon().until(
                        () ->
                                Thread.getAllStackTraces().keySet().stream()
                                        .noneMatch(
                                                thread ->
                                                        thread.getName()
                                                                .startsWith("weft-deploy")));
        Files.delete(host.deploy.resolve("two.jar"));
        host.deployBundle().start();
        state("echo.jar", State.ACTIVE);
        soon().until(() -> host.bundles("test.two").isEmpty());
        assertEquals(List.of("1.0.0"), host.bundles("test.echo"));
        assertEquals(
                1,
                host.events.stream()
                        .filter(event -> event.startsWith("skill.installed"))
                        .filter(event -> event.contains("id=echo"))
                        .count());
    }
}
