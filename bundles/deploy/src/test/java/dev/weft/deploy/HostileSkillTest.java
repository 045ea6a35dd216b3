package dev.weft.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.deploy.Deployments.State;
import dev.weft.api.event.Events;
import dev.weft.deploy.sample.exiting.Exiting;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.wiring.BundleWiring;

/** Skills that no scan saw: what the framework and the deploy folder make of them. */
class HostileSkillTest extends HostTest {
    private void refused(String why, byte[] jar) throws Exception {
        host.drop("evil.jar", jar);
        String reason = reason("evil.jar", State.REFUSED);
        assertTrue(reason.contains(why), reason);
        assertEquals(List.of(), host.bundles("test.echo"));
    }

    private static byte[] manifest(UnaryOperator<String> change) throws Exception {
        return manifest(change, "", "");
    }

    /** A skill with another manifest, and perhaps an entry more. */
    private static byte[] manifest(UnaryOperator<String> change, String more, String content)
            throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipInputStream in =
                        new ZipInputStream(new ByteArrayInputStream(SkillJar.of("echo").bytes()));
                ZipOutputStream zip = new ZipOutputStream(out)) {
            for (ZipEntry e = in.getNextEntry(); e != null; e = in.getNextEntry()) {
                byte[] bytes = in.readAllBytes();
                if (e.getName().equals("META-INF/MANIFEST.MF")) {
                    bytes =
                            change.apply(new String(bytes, StandardCharsets.UTF_8))
                                    .getBytes(StandardCharsets.UTF_8);
                }
                zip.putNextEntry(new ZipEntry(e.getName()));
                zip.write(bytes);
            }
            if (!more.isEmpty()) {
                zip.putNextEntry(new ZipEntry(more));
                zip.write(content.getBytes(StandardCharsets.UTF_8));
            }
        }
        return out.toByteArray();
    }

    @Test
    void a_fragment_of_a_host_bundle_is_refused() throws Exception {
        refused(
                "is a fragment",
                SkillJar.of("echo").with("Fragment-Host", "dev.weft.deploy").bytes());
    }

    @Test
    void a_fragment_behind_a_lone_carriage_return_is_refused() throws Exception {
        refused(
                "control character",
                manifest(
                        text ->
                                text.strip()
                                        + "\r\nX-Note: a\r\rName: b\r\nFragment-Host: dev.weft.deploy\r\n\r\n"));
    }

    @Test
    void a_second_manifest_is_refused() throws Exception {
        byte[] jar = SkillJar.of("echo").bytes();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(jar));
                ZipOutputStream zip = new ZipOutputStream(out)) {
            for (ZipEntry e = in.getNextEntry(); e != null; e = in.getNextEntry()) {
                byte[] bytes = in.readAllBytes();
                if (e.getName().equals("META-INF/MANIFEST.MF")) {
                    zip.putNextEntry(new ZipEntry("meta-inf/manifest.mf"));
                    zip.write(bytes);
                    bytes =
                            new String(bytes, StandardCharsets.UTF_8)
                                    .replace(
                                            "\r\n\r\n",
                                            "\r\nFragment-Host: dev.weft.deploy\r\n\r\n")
                                    .getBytes(StandardCharsets.UTF_8);
                }
                zip.putNextEntry(new ZipEntry(e.getName()));
                zip.write(bytes);
            }
        }
        refused("must have one manifest", out.toByteArray());
    }

    @Test
    void an_export_of_a_host_package_is_refused() throws Exception {
        refused(
                "exports package dev.weft.api.event",
                SkillJar.of("echo")
                        .with("Export-Package", "dev.weft.api.event;version=99")
                        .bytes());
    }

    @Test
    void a_look_at_the_frameworks_hooks_is_refused() throws Exception {
        refused(
                "imports package org.osgi.framework.hooks.service",
                manifest(
                        text ->
                                text.replace(
                                        "Import-Package: ",
                                        "Import-Package: org.osgi.framework.hooks.service,\r\n ")));
    }

    @Test
    void a_look_at_the_frameworks_hooks_by_a_capability_is_refused() throws Exception {
        refused(
                "requires osgi.wiring.package",
                manifest(
                        text ->
                                text.strip()
                                        + "\r\nRequire-Capability: osgi.wiring.package;\r\n"
                                        + "  filter:=\"(osgi.wiring.package=org.osgi.framework.hooks.service)\"\r\n\r\n"));
    }

    @Test
    void a_manifest_for_newer_JVMs_that_imports_what_was_not_checked_is_refused() throws Exception {
        refused(
                "META-INF/versions/9/OSGI-INF/MANIFEST.MF",
                manifest(
                        text -> text.strip() + "\r\nMulti-Release: true\r\n\r\n",
                        "META-INF/versions/9/OSGI-INF/MANIFEST.MF",
                        "Manifest-Version: 1.0\r\nImport-Package: org.osgi.framework.hooks.service\r\n\r\n"));
    }

    @Test
    void an_exported_library_of_the_host_is_for_its_own_file_only() throws Exception {
        host.drop(
                "echo.jar",
                SkillJar.of("echo")
                        .with(
                                "Export-Package",
                                "com.fasterxml.jackson.databind;version=99;-noimport:=true")
                        .with("Private-Package", "dev.weft.deploy.sample.echo")
                        .with("-includepackage", "")
                        .bytes());
        soon().until(
                        () ->
                                host.file("echo.jar")
                                        .filter(file -> file.state() != State.PENDING)
                                        .isPresent());
        for (Bundle bundle : host.context().getBundles()) {
            BundleWiring wiring = bundle.adapt(BundleWiring.class);
            if (wiring != null && !Isolation.isSkill(bundle)) {
                assertFalse(
                        wiring.getRequiredWires(null).stream()
                                .anyMatch(w -> Isolation.isSkill(w.getProvider().getBundle())),
                        bundle.toString());
            }
        }
    }

    @Test
    void a_skill_that_the_manifest_promises_and_the_code_lacks_is_refused() throws Exception {
        restart("start_seconds=I\"3\"");
        host.drop(
                "evil.jar",
                SkillJar.of("echo")
                        .with("Provide-Capability", "weft.skill;weft.skill=other")
                        .bytes());
        soon().until(
                        () ->
                                host.file("evil.jar")
                                        .map(
                                                f ->
                                                        f.state() == State.REFUSED
                                                                || f.state() == State.QUARANTINED)
                                        .orElse(false));
        String reason = host.file("evil.jar").orElseThrow().reason();
        assertTrue(reason.contains("other"), reason);
        soon().until(() -> host.bundles("test.echo").isEmpty());
    }

    @Test
    void a_service_with_the_highest_ranking_does_not_take_the_hosts_place() throws Exception {
        host.drop("impostor.jar", SkillJar.of("impostor").bytes());
        soon().until(() -> says("impostor.say", "here"));
        Bundle deploy = host.deployBundle();
        List<String> seen = new ArrayList<>();
        for (var reference :
                deploy.getBundleContext().getAllServiceReferences(Events.class.getName(), null)) {
            seen.add(reference.getBundle().getSymbolicName());
        }
        assertEquals(List.of("org.apache.felix.framework"), seen);
        Bundle impostor = host.bundle("test.impostor");
        assertEquals(
                "test.impostor",
                impostor.getBundleContext()
                        .getServiceReference(Events.class)
                        .getBundle()
                        .getSymbolicName());
        host.drop("broken.jar", "no zip".getBytes(StandardCharsets.UTF_8));
        reason("broken.jar", State.REFUSED); // the host's own events heard it
    }

    @Test
    void a_thread_of_a_static_initialiser_is_named_when_its_skill_has_gone() throws Exception {
        host.drop("eager.jar", SkillJar.of("eager").bytes());
        soon().until(() -> says("eager.say", "here"));
        Files.delete(host.deploy.resolve("eager.jar"));
        soon().until(
                        () ->
                                host.events.stream()
                                        .anyMatch(
                                                e ->
                                                        e.startsWith("skill.leaked")
                                                                && e.contains("eager-thread")));
        Thread.getAllStackTraces().keySet().stream()
                .filter(t -> t.getName().equals("eager-thread"))
                .forEach(Thread::interrupt);
    }

    /** What a scan stops, the deploy folder does not: the host dies. It comes back without the skill that killed it twice. */
    @Test
    @Tag("once")
    void a_skill_that_ends_the_host_ends_it_twice_and_not_again() throws Exception {
        Path folder = Files.createDirectories(home.resolve("dies"));
        Path deploy = Files.createDirectories(folder.resolve("deploy"));
        Files.write(deploy.resolve("exiting.jar"), SkillJar.of("exiting").bytes());
        assertEquals(Exiting.STATUS, run(folder));
        assertEquals(Exiting.STATUS, run(folder));
        assertEquals(0, run(folder));
        assertTrue(Files.readString(folder.resolve("out")).contains("quarantined: "));
    }

    private static int run(Path folder) throws Exception {
        Process process =
                new ProcessBuilder(
                                System.getProperty("java.home") + "/bin/java",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                HostileSkillTest.class.getName(),
                                folder.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("out").toFile())
                        .start();
        try {
            assertTrue(
                    process.waitFor(240, TimeUnit.SECONDS),
                    Files.readString(folder.resolve("out")));
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }

    /** The host that dies.
     * @param arguments its folder
     * @throws Exception if it does not come up */
    public static void main(String[] arguments) throws Exception {
        Host host = new Host(Path.of(arguments[0]));
        soon().atMost(60, TimeUnit.SECONDS)
                .until(
                        () ->
                                host.file("exiting.jar")
                                        .map(f -> f.state() == State.QUARANTINED)
                                        .orElse(false));
        System.out.println("quarantined: " + host.file("exiting.jar").orElseThrow().reason());
        host.close();
        System.exit(0);
    }
}
