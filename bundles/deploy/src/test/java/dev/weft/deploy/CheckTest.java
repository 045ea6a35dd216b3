package dev.weft.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.deploy.Deployments;
import dev.weft.api.deploy.Deployments.Deployment;
import dev.weft.api.deploy.Deployments.Fit;
import dev.weft.api.deploy.Deployments.Missing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Trials that run nothing, and files that are taken out by name. */
class CheckTest extends HostTest {
    private Fit check(byte[] bytes) throws Exception {
        Path file = Files.write(home.resolve("trial"), bytes);
        return host.service(Deployments.class).check(file).get(60, TimeUnit.SECONDS);
    }

    @Test
    void what_would_run_fits_and_leaves_nothing_behind() throws Exception {
        echo("1.0.0");
        Fit fit = check(SkillJar.of("echo").version("2.0.0").says("2.0.0").bytes());
        assertEquals(new Fit("test.echo", "2.0.0", List.of("echo"), List.of(), ""), fit);
        soon().until(() -> host.bundles("test.echo").equals(List.of("1.0.0")));
        assertEquals("1.0.0", host.say());
        assertEquals(Optional.empty(), host.file("trial"));
    }

    @Test
    void what_is_missing_is_told_for_programs_and_in_words() throws Exception {
        Fit fit = check(SkillJar.of("user").bytes());
        assertEquals(1, fit.missing().size(), fit.toString());
        Missing need = fit.missing().get(0);
        assertEquals("test.user", need.bundle());
        assertEquals("osgi.wiring.package", need.namespace());
        assertTrue(need.filter().contains("com.acme.words"), need.filter());
        assertTrue(fit.refusal().startsWith("needs package com.acme.words"), fit.refusal());
    }

    @Test
    void what_the_audit_refuses_is_not_tried() throws Exception {
        Fit fit = check(SkillJar.of("echo").with("DynamicImport-Package", "*").bytes());
        assertTrue(fit.refusal().contains("DynamicImport-Package"), fit.refusal());
        assertEquals("", fit.bundle());
        assertTrue(check("no zip".getBytes()).refusal().contains("not a zip"));
    }

    @Test
    void two_trials_of_one_content_at_once_do_not_meet() throws Exception {
        Path file = Files.write(home.resolve("trial"), SkillJar.of("echo").bytes());
        Deployments deployments = host.service(Deployments.class);
        var first = deployments.check(file);
        var second = deployments.check(file);
        assertEquals("", first.get(60, TimeUnit.SECONDS).refusal());
        assertEquals("", second.get(60, TimeUnit.SECONDS).refusal());
        soon().until(() -> host.bundles("test.echo").isEmpty());
    }

    @Test
    void a_file_is_taken_out_by_its_name_and_then_takes_no_calls() throws Exception {
        echo("1.0.0");
        Deployment runs = host.file("echo.jar").orElseThrow();
        assertTrue(runs.sha256().matches("[0-9a-f]{64}"), runs.sha256());
        Deployments deployments = host.service(Deployments.class);
        assertTrue(deployments.delete("echo.jar").get(60, TimeUnit.SECONDS));
        assertEquals(Optional.empty(), host.file("echo.jar"));
        assertFalse(Files.exists(host.deploy.resolve("echo.jar")));
        assertFalse(deployments.delete("echo.jar").get(60, TimeUnit.SECONDS));
        assertFalse(deployments.delete("../data/x.jar").get(60, TimeUnit.SECONDS));
    }
}
