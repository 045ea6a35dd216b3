package dev.weft.health;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.health.BundleDiagnosis;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.Supplier;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import javax.tools.ToolProvider;
import org.apache.felix.framework.FrameworkFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.launch.Framework;

/** The checks in a real framework with real bundles, asked as the launcher asks. */
@Timeout(240)
class FrameworkTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir Path folder;
    private Framework framework;

    @BeforeEach
    void start() throws Exception {
        framework =
                new FrameworkFactory()
                        .newFramework(
                                Map.of(
                                        Constants.FRAMEWORK_STORAGE,
                                        folder.resolve("cache").toString(),
                                        Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA,
                                        "org.slf4j;version=2.0.17,dev.weft.api.health;version=1.3.0",
                                        "weft.data",
                                        folder.toString(),
                                        "felix.log.level",
                                        "0"));
        framework.start();
        List<Bundle> bundles = new ArrayList<>();
        for (String jar :
                List.of(
                        "org.osgi.util.function-",
                        "org.osgi.util.promise-",
                        "org.osgi.service.component-",
                        "org.apache.felix.scr-")) {
            File file =
                    Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                            .map(File::new)
                            .filter(entry -> entry.getName().startsWith(jar))
                            .findFirst()
                            .orElseThrow(() -> new AssertionError(jar));
            bundles.add(framework.getBundleContext().installBundle(file.toURI().toString()));
        }
        bundles.add(
                framework
                        .getBundleContext()
                        .installBundle("reference:" + Path.of("target/classes").toUri()));
        for (Bundle bundle : bundles) {
            bundle.start();
        }
    }

    @AfterEach
    void stop() throws Exception {
        framework.stop();
        framework.waitForStop(60_000);
    }

    @SuppressWarnings("unchecked")
    private List<String> problems() throws Exception {
        ServiceReference<?> reference =
                framework
                        .getBundleContext()
                        .getServiceReferences(Supplier.class, "(weft.launcher=problems)")
                        .iterator()
                        .next();
        Supplier<List<String>> supplier =
                (Supplier<List<String>>) framework.getBundleContext().getService(reference);
        try {
            return supplier.get();
        } finally {
            framework.getBundleContext().ungetService(reference);
        }
    }

    private Bundle install(
            String location, String name, Map<String, String> headers, Map<String, byte[]> entries)
            throws Exception {
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.putValue("Manifest-Version", "1.0");
        attributes.putValue("Bundle-ManifestVersion", "2");
        attributes.putValue("Bundle-SymbolicName", name);
        headers.forEach(attributes::putValue);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarOutputStream jar = new JarOutputStream(bytes, manifest)) {
            for (var entry : entries.entrySet()) {
                jar.putNextEntry(new ZipEntry(entry.getKey()));
                jar.write(entry.getValue());
                jar.closeEntry();
            }
        }
        return framework
                .getBundleContext()
                .installBundle(location, new ByteArrayInputStream(bytes.toByteArray()));
    }

    private Bundle install(String name, Map<String, String> headers) throws Exception {
        return install("test:" + name, name, headers, Map.of());
    }

    private Map<String, byte[]> component(String type, String body, String references)
            throws IOException {
        Path source = Files.createDirectories(folder.resolve("src/x")).resolve(type + ".java");
        Files.writeString(source, "package x; public class " + type + " { " + body + " }");
        assertEquals(
                0,
                ToolProvider.getSystemJavaCompiler()
                        .run(
                                InputStream.nullInputStream(),
                                null,
                                null,
                                "--release",
                                "17",
                                "-d",
                                folder.toString(),
                                source.toString()));
        String xml =
                "<scr:component xmlns:scr=\"http://www.osgi.org/xmlns/scr/v1.4.0\" name=\"x."
                        + type
                        + "\" immediate=\"true\">"
                        + "<service><provide interface=\"x."
                        + type
                        + "\"/></service>"
                        + references
                        + "<implementation class=\"x."
                        + type
                        + "\"/></scr:component>";
        return Map.of(
                "x/" + type + ".class",
                Files.readAllBytes(folder.resolve("x/" + type + ".class")),
                "OSGI-INF/c.xml",
                xml.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void a_sound_host_has_no_problems() throws Exception {
        assertEquals(List.of(), problems());
        Bundle fine =
                install(
                        "dev.weft.fine",
                        Map.of(
                                "Import-Package",
                                "absent;resolution:=optional",
                                "DynamicImport-Package",
                                "*"));
        fine.start();
        install("dev.weft.fragment", Map.of("Fragment-Host", "dev.weft.absent"));
        assertEquals(List.of(), problems());
    }

    @Test
    void a_bundle_that_lacks_a_package_is_named_with_it_in_one_line() throws Exception {
        Bundle mesh =
                install(
                        "dev.weft.mesh",
                        Map.of(
                                "Import-Package",
                                "dev.weft.api.mesh;version=\"[1.0,2)\",org.osgi.framework"));
        assertThrows(BundleException.class, mesh::start);
        assertEquals(
                List.of(
                        "bundles: dev.weft.mesh needs package dev.weft.api.mesh [1.0,2) which no bundle offers"),
                problems());
        mesh.uninstall();
        assertEquals(List.of(), problems());
    }

    @Test
    void only_the_cause_of_a_chain_is_named() throws Exception {
        install(
                "dev.weft.base",
                Map.of("Export-Package", "base;version=1.2.0", "Import-Package", "gone"));
        Bundle user =
                install("dev.weft.user", Map.of("Import-Package", "base;version=\"[1.2,1.3)\""));
        assertThrows(BundleException.class, user::start);
        assertEquals(
                List.of("bundles: dev.weft.base needs package gone which no bundle offers"),
                problems());
    }

    @Test
    void a_wrong_version_is_named_with_the_one_that_is_there() throws Exception {
        install("dev.weft.base", Map.of("Export-Package", "base;version=1.2.0")).start();
        install("dev.weft.user", Map.of("Import-Package", "base;version=\"2\""));
        assertEquals(
                List.of(
                        "bundles: dev.weft.user needs package base 2.0 or newer which no bundle offers (dev.weft.base has version 1.2.0)"),
                problems());
    }

    @Test
    void capabilities_bundles_and_java_versions_are_named_too() throws Exception {
        install(
                "dev.weft.a",
                Map.of(
                        "Require-Capability",
                        "osgi.ee;filter:=\"(&(osgi.ee=JavaSE)(version=99))\",x.y;filter:=\"(x.y=1)\",later;effective:=active"));
        install("dev.weft.b", Map.of("Require-Bundle", "other;bundle-version=\"[1,2)\""));
        assertEquals(
                List.of(
                        "bundles: dev.weft.a needs JavaSE 99 (this is Java "
                                + Runtime.version().feature()
                                + ") which no bundle offers; dev.weft.a needs capability x.y (x.y=1) which no bundle offers; "
                                + "dev.weft.b needs bundle other [1.0,2) which no bundle offers"),
                problems());
    }

    @Test
    void a_bundle_that_resolves_but_does_not_run_is_named() throws Exception {
        Map<String, byte[]> entries = component("Bad", "public Bad() {}", "");
        Bundle bundle =
                install(
                        "test:activator",
                        "dev.weft.activator",
                        Map.of("Bundle-Activator", "x.Bad"),
                        entries);
        assertThrows(BundleException.class, bundle::start);
        assertEquals(1, problems().size());
        assertTrue(
                problems().get(0).startsWith("bundles: dev.weft.activator does not run"),
                problems().get(0));
    }

    @Test
    void a_broken_skill_is_no_problem_of_the_host() throws Exception {
        install("weft-skill:bad", "dev.weft.skill.bad", Map.of("Import-Package", "gone"), Map.of());
        Bundle skill =
                install(
                        "weft-skill:worse",
                        "dev.weft.skill.worse",
                        Map.of("Service-Component", "OSGI-INF/c.xml"),
                        component(
                                "Worse",
                                "public Worse() { throw new IllegalStateException(\"no\"); }",
                                ""));
        skill.start();
        assertEquals(List.of(), problems());
    }

    @Test
    void a_component_that_waits_is_named_with_the_service_and_only_the_first_of_a_chain()
            throws Exception {
        install(
                        "test:waiting",
                        "dev.weft.waiting",
                        Map.of("Service-Component", "OSGI-INF/c.xml"),
                        component(
                                "Waiting",
                                "",
                                "<reference name=\"gone\" interface=\"dev.weft.api.mesh.Mesh\" target=\"(a=b)\"/>"))
                .start();
        install(
                        "test:follower",
                        "dev.weft.follower",
                        Map.of("Service-Component", "OSGI-INF/c.xml"),
                        component(
                                "Follower", "", "<reference name=\"w\" interface=\"x.Waiting\"/>"))
                .start();
        install(
                        "test:other",
                        "org.example.other",
                        Map.of("Service-Component", "OSGI-INF/c.xml"),
                        component(
                                "Other",
                                "",
                                "<reference name=\"gone\" interface=\"java.lang.Runnable\"/>"))
                .start();
        assertEquals(
                List.of("components: x.Waiting waits for service dev.weft.api.mesh.Mesh (a=b)"),
                problems());
    }

    @Test
    void a_component_that_fails_to_start_is_named_with_its_reason() throws Exception {
        install(
                        "test:failing",
                        "dev.weft.failing",
                        Map.of("Service-Component", "OSGI-INF/c.xml"),
                        component(
                                "Failing",
                                "public Failing() { throw new IllegalStateException(\"the lamp is broken; buy a new one\"); }",
                                ""))
                .start();
        await().atMost(SOON)
                .untilAsserted(
                        () ->
                                assertEquals(
                                        List.of(
                                                "components: x.Failing failed to start: the lamp is broken; buy a new one"),
                                        problems()));
    }

    @Test
    void a_component_that_needs_a_configuration_nobody_gave_is_no_problem() throws Exception {
        Map<String, byte[]> entries = new java.util.HashMap<>(component("Configured", "", ""));
        String xml =
                new String(entries.get("OSGI-INF/c.xml"), StandardCharsets.UTF_8)
                        .replace("immediate=", "configuration-policy=\"require\" immediate=");
        entries.put("OSGI-INF/c.xml", xml.getBytes(StandardCharsets.UTF_8));
        install(
                        "test:configured",
                        "dev.weft.configured",
                        Map.of("Service-Component", "OSGI-INF/c.xml"),
                        entries)
                .start();
        assertEquals(List.of(), problems());
    }

    private String why(String bundle) {
        var reference = framework.getBundleContext().getServiceReference(BundleDiagnosis.class);
        return framework.getBundleContext().getService(reference).why(bundle);
    }

    @Test
    void why_says_of_one_bundle_what_it_lacks_even_if_it_is_a_skill() throws Exception {
        install(
                "weft-skill:disk",
                "weather",
                Map.of("Import-Package", "gone;version=\"2\""),
                Map.of());
        assertEquals(
                "weather needs package gone 2.0 or newer which no bundle offers", why("weather"));
        install("dev.weft.fine-one", Map.of()).start();
        assertEquals(
                "dev.weft.fine-one 0.0.0 is active; it has no components",
                why("dev.weft.fine-one"));
        install(
                        "dev.weft.broken",
                        "dev.weft.broken",
                        Map.of("Service-Component", "OSGI-INF/c.xml"),
                        component(
                                "Broken",
                                "public Broken() { throw new IllegalStateException(\"no lamp\"); }",
                                ""))
                .start();
        await().atMost(SOON)
                .untilAsserted(
                        () ->
                                assertEquals(
                                        "dev.weft.broken 0.0.0 is active; but:\nx.Broken failed to start: no lamp",
                                        why("broken")));
        assertEquals(
                "there is no bundle \"lth\"; there is dev.weft.health",
                assertThrows(NoSuchElementException.class, () -> why("lth")).getMessage());
    }

    @Test
    void why_knows_a_fragment_and_a_component_without_configuration() throws Exception {
        install("dev.weft.fragment", Map.of("Fragment-Host", "dev.weft.absent"));
        assertEquals(
                "dev.weft.fragment 0.0.0 is a fragment: it never starts; it is not attached, since no bundle here is its host",
                why("fragment"));
        Map<String, byte[]> entries = new java.util.HashMap<>(component("Configured", "", ""));
        String xml =
                new String(entries.get("OSGI-INF/c.xml"), StandardCharsets.UTF_8)
                        .replace("immediate=", "configuration-policy=\"require\" immediate=");
        entries.put("OSGI-INF/c.xml", xml.getBytes(StandardCharsets.UTF_8));
        install(
                        "test:configured",
                        "dev.weft.configured",
                        Map.of("Service-Component", "OSGI-INF/c.xml"),
                        entries)
                .start();
        await().atMost(SOON)
                .untilAsserted(
                        () ->
                                assertEquals(
                                        "dev.weft.configured 0.0.0 is active; but:\nx.Configured has no configuration of x.Configured",
                                        why("configured")));
    }
}
