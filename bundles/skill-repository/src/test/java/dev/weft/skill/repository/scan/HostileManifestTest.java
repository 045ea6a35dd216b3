package dev.weft.skill.repository.scan;

import static dev.weft.skill.repository.scan.Case.jar;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Manifests and component descriptions that say other than the code, or reach for the host. */
class HostileManifestTest {
    @TempDir Path temporary;

    private static Case header(String title, String name, String value) {
        return jar(title, "forbidden-header", name, new Fixture().header(name, value));
    }

    private static Case component(String title, String finding, String told, String content) {
        return jar(
                title,
                finding,
                told,
                new Fixture()
                        .entry(
                                "OSGI-INF/x.xml",
                                "<component name='x'>" + content + "</component>"));
    }

    static Stream<Case> headers() {
        return Stream.of(
                header("a fragment of a host bundle", "Fragment-Host", "dev.weft.tasks"),
                header(
                        "an extension of the framework",
                        "Fragment-Host",
                        "system.bundle;extension:=framework"),
                header("imports that are found later", "DynamicImport-Package", "*"),
                header("machine code for the framework to load", "Bundle-NativeCode", "x.so"),
                header("jars on a class path of its own", "Bundle-ClassPath", ".,lib/x.jar"),
                header(
                        "jars on a class path outside of the jar",
                        "Bundle-ClassPath",
                        ".,../../host/lib/x.jar"),
                jar(
                        "a fragment, in capital letters",
                        "forbidden-header",
                        "Fragment-Host",
                        new Fixture().header("FRAGMENT-HOST", "dev.weft.identity")),
                header(
                        "an agent that the launcher starts",
                        "Launcher-Agent-Class",
                        "com.acme.Words"),
                jar(
                        "packages of the framework by a capability",
                        "forbidden-header",
                        "osgi.wiring.package in Require-Capability",
                        new Fixture()
                                .header(
                                        "Require-Capability",
                                        "osgi.wiring.package;filter:=\"(osgi.wiring.package=org.osgi.framework.hooks.service)\"")),
                jar(
                        "a bundle of the host by a capability",
                        "forbidden-header",
                        "osgi.wiring.bundle in Require-Capability",
                        new Fixture()
                                .header(
                                        "Require-Capability",
                                        "osgi.ee;filter:=\"(osgi.ee=JavaSE)\",osgi.wiring.bundle;filter:=\"(osgi.wiring.bundle=dev.weft.identity)\"")),
                jar(
                        "pretends to be a bundle of the host",
                        "forbidden-header",
                        "osgi.wiring.bundle in Provide-Capability",
                        new Fixture()
                                .header(
                                        "Provide-Capability",
                                        "weft.skill;weft.skill=words;title=Words;description=\"Counts the words of a text.\",osgi.wiring.bundle;osgi.wiring.bundle=dev.weft.identity")),
                jar(
                        "the hooks of the framework",
                        "controls-bundles",
                        "org.osgi.framework.hooks.weaving",
                        new Fixture().header("Import-Package", "org.osgi.framework.hooks.weaving")),
                jar(
                        "a manifest for newer Java that imports other things",
                        "odd-manifest",
                        "META-INF/versions/9/OSGI-INF/MANIFEST.MF",
                        new Fixture()
                                .header("Multi-Release", "true")
                                .entry(
                                        "META-INF/versions/9/OSGI-INF/MANIFEST.MF",
                                        "Import-Package: org.osgi.framework.hooks.service\r\n")),
                jar(
                        "a sequence that a terminal obeys",
                        "odd-manifest",
                        "control character",
                        new Fixture().description("Counts \u001b[2J\u001b[31mwords")),
                header("an activator", "Bundle-Activator", "com.acme.Words"),
                header("a whole bundle of the host", "Require-Bundle", "dev.weft.identity"),
                header("an agent of the JVM", "Premain-Class", "com.acme.Words"),
                jar(
                        "a singleton that cannot be replaced",
                        "forbidden-header",
                        "singleton",
                        new Fixture()
                                .header("Bundle-SymbolicName", "com.acme.words;singleton:=true")),
                jar(
                        "a package of the host, newer",
                        "replaces-host-package",
                        "dev.weft.api.task",
                        new Fixture()
                                .header("Export-Package", "com.acme,dev.weft.api.task;version=9")),
                jar(
                        "a package of the framework",
                        "replaces-host-package",
                        "org.osgi.framework",
                        new Fixture().header("Export-Package", "org.osgi.framework")),
                jar(
                        "a library of the host",
                        "replaces-host-package",
                        "com.fasterxml.jackson.databind",
                        new Fixture().header("Export-Package", "com.fasterxml.jackson.databind")),
                jar(
                        "a header split where readers disagree",
                        "odd-manifest",
                        "control character",
                        new Fixture().header("X-Note", "a\r\rName: b")),
                jar(
                        "a second manifest",
                        "odd-manifest",
                        "meta-inf/manifest.mf",
                        new Fixture().entry("meta-inf/manifest.mf", "Manifest-Version: 1.0\r\n")));
    }

    static Stream<Case> lies() {
        String other =
                "weft.skill;weft.skill=other;title=Words;description=\"Counts the words of a text.\"";
        return Stream.of(
                jar(
                        "fewer permissions than the code",
                        "lying-manifest",
                        "net",
                        new Fixture().annotated("net")),
                jar(
                        "another title than the code",
                        "lying-manifest",
                        "words",
                        new Fixture().titled("Weather")),
                jar(
                        "another skill than the code",
                        "lying-manifest",
                        "other",
                        new Fixture().header("Provide-Capability", other)),
                jar(
                        "no skill",
                        "lying-manifest",
                        "the manifest says other",
                        new Fixture().header("Provide-Capability", "some.thing")),
                jar(
                        "a skill more than the manifest has",
                        "lying-manifest",
                        "skill \"more\"",
                        new Fixture()
                                .others(
                                        "@dev.weft.skill.Skill(id=\"more\",title=\"More\",description=\"More\") class More {}")),
                jar("an id that is none", "bad-id", "is no id", new Fixture().id("Words/../x")));
    }

    static Stream<Case> components() {
        return Stream.of(
                component(
                        "a service of the host",
                        "host-service",
                        "dev.weft.api.deploy.Deployments",
                        "<service><provide interface='dev.weft.api.deploy.Deployments'/></service>"),
                component(
                        "an executor for the host's threads",
                        "host-service",
                        "java.util.concurrent.Executor",
                        "<service><provide interface=\"java.util.concurrent.Executor\"/></service><property name='weft.executor' value='blocking'/>"),
                component(
                        "a chat model in front of the host's",
                        "host-service",
                        "ChatModel",
                        "<service><provide interface='dev.langchain4j.model.chat.ChatModel'/></service>"),
                component(
                        "a page in the host's web server",
                        "host-extension",
                        "osgi.http.whiteboard",
                        "<property name='osgi.http.whiteboard.resource.pattern' value='/api/*'/>"),
                component(
                        "a command in the host's shell",
                        "host-extension",
                        "osgi.command.scope",
                        "<property name='osgi.command.scope' value='weft'/>"),
                component(
                        "a ranking above all",
                        "service-ranking",
                        "chosen before others",
                        "<property name='service.ranking' type='Integer' value='9999'/>"),
                jar(
                        "a ranking in a file of properties",
                        "service-ranking",
                        "chosen before others",
                        new Fixture()
                                .entry(
                                        "OSGI-INF/x.xml",
                                        "<component name='x'><properties entry='p.txt'/></component>")
                                .entry("p.txt", "service\\u002eranking = 9")),
                jar(
                        "a configuration for the host",
                        "host-configuration",
                        "configuration of the host",
                        new Fixture().entry("OSGI-INF/configurator/x.json", "{}")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"headers", "lies", "components"})
    void is_blocked_and_the_reason_told(Case hostile) throws Exception {
        hostile.isAnswered(temporary);
    }
}
