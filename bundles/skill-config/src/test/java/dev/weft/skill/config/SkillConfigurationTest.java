package dev.weft.skill.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.event.Event;
import dev.weft.api.event.Events;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.Wire;
import dev.weft.skill.SkillService;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.apache.felix.framework.FrameworkFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.metatype.MetaTypeService;

/** Against the real Configuration Admin and metatype service. */
@Timeout(120)
class SkillConfigurationTest {
    private static final String METATYPE =
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <metatype:MetaData xmlns:metatype="http://www.osgi.org/xmlns/metatype/v1.3.0">
              <OCD id="thing" name="Thing">
                <AD id="limit" type="Integer" default="10" min="1" max="50" name="Limit" description="how many" required="false"/>
                <AD id="folders" type="String" cardinality="2147483647" default="" required="false"/>
                <AD id="mode" type="String" default="fast" required="false"><Option label="Fast" value="fast"/><Option label="Slow" value="slow"/></AD>
                <AD id="key" type="Password" required="false"/>
                <AD id="url" type="String"/>
              </OCD>
              <Designate pid="dev.weft.skill.thing"><Object ocdref="thing"/></Designate>
            </metatype:MetaData>
            """;

    @TempDir Path folder;
    private Framework framework;
    private final List<String> events = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        framework =
                new FrameworkFactory()
                        .newFramework(
                                Map.of(
                                        Constants.FRAMEWORK_STORAGE,
                                        folder.resolve("cache").toString(),
                                        Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA,
                                        "org.osgi.service.cm;version=1.6.1,org.osgi.service.metatype;version=1.4,"
                                                + "org.osgi.service.log;version=1.3,org.osgi.service.coordinator;version=1.0",
                                        "weft.data",
                                        folder.resolve("data").toString(),
                                        "felix.log.level",
                                        "0"));
        framework.start();
        install(jar("org.apache.felix.configadmin-"));
        install(jar("org.apache.felix.metatype-"));
        BundleContext skill = skill().getBundleContext();
        skill.registerService(SkillService.class, new SkillService() {}, null);
    }

    @AfterEach
    void stop() throws Exception {
        framework.stop();
        framework.waitForStop(10_000);
    }

    @Test
    void what_can_be_set_is_told_as_a_schema_with_defaults() {
        var settings = room().find("thing").orElseThrow();
        assertEquals("dev.weft.skill.thing", settings.pid());
        JsonNode properties = settings.schema().path("properties");
        assertEquals(
                "{\"type\":\"integer\",\"title\":\"Limit\",\"description\":\"how many\",\"default\":10}",
                properties.path("limit").toString());
        assertEquals("[\"fast\",\"slow\"]", properties.path("mode").path("enum").toString());
        assertTrue(properties.path("key").path("writeOnly").asBoolean());
        assertEquals("array", properties.path("folders").path("type").asText());
        assertEquals("[\"url\"]", settings.schema().path("required").toString());
        assertEquals(10, settings.values().path("limit").asInt());
        assertTrue(room().find("other").isEmpty());
    }

    @Test
    void what_is_set_reaches_configuration_admin_and_survives_a_restart() throws Exception {
        room().replace("thing", json("{'limit':3,'folders':['a,b','c'],'url':'x','key':'secret'}"));
        assertEquals(3, properties().get("limit"));
        assertEquals(List.of("a,b", "c"), Arrays.asList((String[]) properties().get("folders")));
        assertEquals(List.of("skill.configured"), events);

        admin().getConfiguration("dev.weft.skill.thing", "?").delete();
        SkillConfiguration again = room();
        assertEquals("secret", properties().get("key"));
        assertEquals(3, again.find("thing").orElseThrow().values().path("limit").asInt());
        Path file = folder.resolve("data/skill-config/dev.weft.skill.thing.json");
        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }

    @Test
    void a_secret_is_never_shown_and_its_mask_keeps_it() throws Exception {
        SkillConfiguration room = room();
        var set = room.replace("thing", json("{'url':'x','key':'secret'}")).orElseThrow();
        assertFalse(set.toString().contains("secret"));
        assertEquals("********", set.values().path("key").asText());
        room.replace("thing", json("{'url':'y','key':'********'}"));
        assertEquals("secret", properties().get("key"));
        room.change("thing", json("{'key':null}"));
        assertEquals(null, properties().get("key"));
        assertEquals("y", properties().get("url"));
    }

    @Test
    void everything_that_is_wrong_is_told_at_once_and_nothing_changes() throws Exception {
        SkillConfiguration room = room();
        room.replace("thing", json("{'url':'x'}"));
        ProtocolException wrong =
                assertThrows(
                        ProtocolException.class,
                        () ->
                                room.change(
                                        "thing",
                                        json("{'limit':'many','mode':'odd','colour':1,'key':5}")));
        assertEquals("bad_config", wrong.code());
        for (String part :
                List.of(
                        "\"limit\" must be of type integer, got \"many\"",
                        "\"mode\" is not allowed",
                        "no key \"colour\"; there are limit, folders, mode, key, url",
                        "\"key\" must be of type string")) {
            assertTrue(wrong.getMessage().contains(part), wrong.getMessage());
        }
        assertTrue(
                assertThrows(
                                ProtocolException.class,
                                () -> room.change("thing", json("{'limit':51}")))
                        .getMessage()
                        .contains("\"limit\" is not allowed"));
        assertEquals(
                "these must be set: url",
                assertThrows(ProtocolException.class, () -> room.replace("thing", json("{}")))
                        .getMessage());
        assertEquals("x", properties().get("url"));
    }

    @Test
    void the_hosts_files_show_through_where_nothing_is_set() throws Exception {
        admin().getConfiguration("dev.weft.skill.thing", "?")
                .update(new Hashtable<>(Map.of("url", "file", "limit", 5L)));
        SkillConfiguration room = room();
        room.replace("thing", json("{'url':'mine'}"));
        assertEquals("mine", properties().get("url"));
        assertEquals(5, ((Number) properties().get("limit")).intValue());
        room.replace("thing", json("{}"));
        assertEquals("file", properties().get("url"));
    }

    @Test
    void a_broken_file_is_a_warning_and_the_rest_counts() throws Exception {
        Files.createDirectories(folder.resolve("data/skill-config"));
        Files.writeString(folder.resolve("data/skill-config/broken.json"), "{");
        Files.writeString(
                folder.resolve("data/skill-config/dev.weft.skill.thing.json"), "{\"url\":\"x\"}");
        SkillConfiguration room = room();
        assertTrue(room.check().detail().contains("broken.json"), room.check().detail());
        assertFalse(room.check().blocking());
        assertEquals("x", properties().get("url"));
    }

    private SkillConfiguration room() {
        return new SkillConfiguration(
                framework.getBundleContext(),
                admin(),
                service(MetaTypeService.class),
                new Events() {
                    @Override
                    public void publish(String type, Object data) {
                        events.add(type);
                    }

                    @Override
                    public Subscription subscribe(long after, Consumer<Event> subscriber) {
                        throw new UnsupportedOperationException();
                    }
                });
    }

    private ConfigurationAdmin admin() {
        return service(ConfigurationAdmin.class);
    }

    private <T> T service(Class<T> type) {
        BundleContext context = framework.getBundleContext();
        return context.getService(context.getServiceReference(type));
    }

    private Dictionary<String, Object> properties() throws Exception {
        return admin().getConfiguration("dev.weft.skill.thing", "?").getProperties();
    }

    private static JsonNode json(String text) {
        return Wire.tree(text.replace('\'', '"'));
    }

    private Bundle install(String location) throws Exception {
        Bundle bundle = framework.getBundleContext().installBundle(location);
        bundle.start();
        return bundle;
    }

    private static String jar(String prefix) {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(File::new)
                .filter(entry -> entry.getName().startsWith(prefix))
                .findFirst()
                .orElseThrow(() -> new AssertionError(prefix))
                .toURI()
                .toString();
    }

    private Bundle skill() throws Exception {
        String manifest =
                "Manifest-Version: 1.0\nBundle-ManifestVersion: 2\nBundle-SymbolicName: thing\nBundle-Version: 1.0.0\n"
                        + "Provide-Capability: weft.skill;weft.skill=thing\n";
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarOutputStream jar =
                new JarOutputStream(
                        bytes,
                        new Manifest(
                                new ByteArrayInputStream(
                                        manifest.getBytes(StandardCharsets.UTF_8))))) {
            jar.putNextEntry(new ZipEntry("OSGI-INF/metatype/thing.xml"));
            jar.write(METATYPE.getBytes(StandardCharsets.UTF_8));
        }
        Bundle bundle =
                framework
                        .getBundleContext()
                        .installBundle("thing", new ByteArrayInputStream(bytes.toByteArray()));
        bundle.start();
        return bundle;
    }
}
