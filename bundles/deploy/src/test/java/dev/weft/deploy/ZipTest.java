package dev.weft.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.deploy.BundleSource;
import dev.weft.api.deploy.Deployments.State;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Zips of several jars, and what a skill bundle may use of others. */
class ZipTest extends HostTest {
    private static SkillJar lib(String text) {
        return SkillJar.of("lib")
                .says(text)
                .with("Private-Package", "")
                .with("Export-Package", "com.acme.words;version=1.0.0");
    }

    private static byte[] zip(byte[]... jars) throws Exception {
        return SkillJar.zip(jars);
    }

    @Test
    void the_jars_of_a_zip_come_and_go_together_and_two_releases_share_nothing() throws Exception {
        byte[] user = SkillJar.of("user").bytes();
        byte[] echo = SkillJar.of("echo").says("echo 1").bytes();
        host.drop("both.zip", zip(echo, user, lib("words 1").bytes()));
        soon().until(() -> says("user.say", "words 1"));
        assertEquals("echo 1", host.say());
        assertEquals("test.echo+test.user", state("both.zip", State.ACTIVE).bundle());
        assertEquals(List.of("echo", "user"), state("both.zip", State.ACTIVE).skills());
        long refreshed = host.bundle("test.user").getLastModified();

        host.drop("both.zip", zip(echo, user, lib("words 2").version("1.0.1").bytes()));
        soon().until(() -> says("user.say", "words 2"));
        soon().until(() -> host.bundles("test.lib").equals(List.of("1.0.1")));
        assertEquals(1, host.bundles("test.user").size());
        assertTrue(host.bundle("test.user").getLastModified() > refreshed);

        Files.delete(host.deploy.resolve("both.zip"));
        soon().until(
                        () ->
                                host.bundles("test.lib").isEmpty()
                                        && host.bundles("test.user").isEmpty()
                                        && host.bundles("test.echo").isEmpty());
    }

    @Test
    void a_zip_of_which_one_jar_fails_changes_nothing() throws Exception {
        byte[] echo = SkillJar.of("echo").says("old").bytes();
        byte[] user = SkillJar.of("user").bytes();
        host.drop("all.zip", zip(echo, user, lib("words").bytes()));
        soon().until(() -> says("user.say", "words"));
        byte[] better = SkillJar.of("echo").version("2.0.0").says("new").bytes();

        host.drop("all.zip", zip(better, SkillJar.of("throwing").bytes()));
        assertTrue(reason("all.zip", State.QUARANTINED).contains("no sensor on this machine"));
        assertEquals("old", host.say());
        assertEquals("words", host.call("user.say"));
        soon().until(() -> host.bundles("test.echo").equals(List.of("1.0.0")));

        host.drop("all.zip", zip(better, user));
        String reason = reason("all.zip", State.REFUSED);
        assertTrue(reason.startsWith("test.user needs package com.acme.words"), reason);
        assertTrue(reason.endsWith("keeps running"), reason);
        assertEquals("old", host.say());
        assertFalse(host.events.toString().contains("version=2.0.0"), host.events.toString());
    }

    @Test
    void a_failed_resolve_says_who_could_provide_what_is_missing() throws Exception {
        host.drop("lib.zip", zip(lib("words").bytes(), SkillJar.of("echo").bytes()));
        says("hello");
        host.context()
                .registerService(
                        BundleSource.class,
                        (namespace, filter) ->
                                filter.contains("com.acme.words")
                                        ? List.of(
                                                new BundleSource.Offer(
                                                        "acme.words", "3.1.0", "repository main"))
                                        : List.of(),
                        null);
        host.drop("user.jar", SkillJar.of("user").bytes());
        String reason = reason("user.jar", State.REFUSED);
        assertEquals(
                "needs package com.acme.words, which no bundle here offers (skill bundle test.lib"
                        + " 1.0.0 has it, but skills do not share code: put both jars into one zip; acme.words 3.1.0"
                        + " of repository main offers it)",
                reason.replaceFirst(" \\[[^)]*\\)", ""));
    }

    @Test
    void zips_that_are_no_release_are_refused() throws Exception {
        byte[] echo = SkillJar.of("echo").bytes();
        host.drop("empty.zip", zip());
        host.drop("libs.zip", zip(lib("words").bytes()));
        host.drop("twice.zip", zip(echo, SkillJar.of("echo").version("2.0.0").bytes()));
        host.drop("text.zip", zip(echo, "no jar".getBytes()));
        assertTrue(reason("empty.zip", State.REFUSED).contains("holds no jars"));
        assertTrue(reason("libs.zip", State.REFUSED).contains("offers no skill"));
        assertTrue(reason("twice.zip", State.REFUSED).contains("two jars of bundle test.echo"));
        assertTrue(reason("text.zip", State.REFUSED).contains("holds 1.jar, which is not a zip"));
    }

    @Test
    void a_bundle_that_runs_from_a_zip_cannot_come_from_another_file_too() throws Exception {
        byte[] echo = SkillJar.of("echo").bytes();
        host.drop("all.zip", zip(echo, SkillJar.of("user").bytes(), lib("words").bytes()));
        says("hello");
        host.drop("echo.jar", SkillJar.of("echo").version("2.0.0").bytes());
        assertTrue(reason("echo.jar", State.REFUSED).contains("delete one of the two"));
    }
}
