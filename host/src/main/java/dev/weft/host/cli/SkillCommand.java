package dev.weft.host.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.host.launcher.Distribution;
import dev.weft.host.launcher.HostException;
import dev.weft.protocol.Wire;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weft skill}. */
@Command(
        name = "skill",
        description =
                "A skill's project, its configuration, its switch, its updates, and publishing it.",
        subcommands = {
            SkillCommand.New.class,
            SkillCommand.Config.class,
            SkillCommand.Enable.class,
            SkillCommand.Disable.class,
            SkillCommand.Pin.class,
            SkillCommand.Unpin.class,
            SkillCommand.Auto.class,
            PublishCommands.Publish.class,
            PublishCommands.Yank.class,
            PublishCommands.Revoke.class
        })
final class SkillCommand implements Runnable {
    @Spec private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(),
                "say what: new, config, enable, disable, pin, unpin, auto, publish, yank or revoke");
    }

    /** What is chosen for the updates of a skill. */
    abstract static class Choice extends HostCommand {
        @Parameters(index = "0", paramLabel = "ID", description = "The skill.")
        private String id;

        abstract ObjectNode choice();

        @Override
        void run() {
            JsonNode now =
                    client().put("/api/catalog/installed/" + HostClient.segment(id), choice());
            output().line(
                            id
                                    + (now.path("pinned").asBoolean()
                                            ? " stays as it is"
                                            : now.path("automatic").asBoolean()
                                                    ? " updates by itself when there is nothing to ask"
                                                    : " is updated by: weft update " + id));
        }
    }

    /** {@code weft skill pin}. */
    @Command(name = "pin", description = "Keeps updates away from a skill.")
    static final class Pin extends Choice {
        @Override
        ObjectNode choice() {
            return Wire.object().put("pinned", true);
        }
    }

    /** {@code weft skill unpin}. */
    @Command(name = "unpin", description = "Lets a skill be updated again.")
    static final class Unpin extends Choice {
        @Override
        ObjectNode choice() {
            return Wire.object().put("pinned", false);
        }
    }

    /** {@code weft skill auto}. */
    @Command(
            name = "auto",
            description =
                    "Lets a skill update by itself whenever the policy says yes and nothing is to be asked.")
    static final class Auto extends Choice {
        @Option(names = "--off", description = "Only by hand again.")
        private boolean off;

        @Override
        ObjectNode choice() {
            return Wire.object().put("automatic", !off);
        }
    }

    /** {@code weft skill config}. */
    @Command(
            name = "config",
            description = "Shows what is configured for a skill of the host, or sets some of it.")
    static final class Config extends HostCommand {
        @Parameters(index = "0", paramLabel = "ID", description = "The skill.")
        private String id;

        @Parameters(
                index = "1..*",
                paramLabel = "key=value",
                description = "What to set; key=null falls back to the default.")
        private List<String> pairs = List.of();

        @Option(
                names = "--schema",
                description = "Shows what can be set, as JSON Schema, instead of what counts.")
        private boolean schema;

        @Override
        void run() {
            String path = "/api/skills/" + URLEncoder.encode(id, StandardCharsets.UTF_8);
            JsonNode settings = client().get(path + "/config");
            if (!pairs.isEmpty()) {
                ObjectNode change = Wire.object();
                change.set("config", Pairs.read(pairs, settings.path("schema").path("properties")));
                settings = client().patch(path, change);
            }
            output().document(settings.path(schema ? "schema" : "values"));
        }
    }

    /** {@code weft skill enable}. */
    @Command(name = "enable", description = "Switches a skill of the host on.")
    static final class Enable extends HostCommand {
        @Parameters(index = "0", paramLabel = "ID", description = "The skill.")
        private String id;

        @Override
        void run() {
            enable(id, true, client());
            output().line(id + " is enabled");
        }
    }

    /** {@code weft skill disable}. */
    @Command(
            name = "disable",
            description =
                    "Switches a skill of the host off: it stays installed, but nobody can call it.")
    static final class Disable extends HostCommand {
        @Parameters(index = "0", paramLabel = "ID", description = "The skill.")
        private String id;

        @Override
        void run() {
            enable(id, false, client());
            output().line(id + " is disabled");
        }
    }

    private static void enable(String id, boolean enabled, HostClient client) {
        client.patch(
                "/api/skills/" + URLEncoder.encode(id, StandardCharsets.UTF_8),
                Wire.object().put("enabled", enabled));
    }

    /** {@code weft skill new}. */
    @Command(
            name = "new",
            description = "Makes the project of a new skill: code, tests, build (Maven and bnd).")
    static final class New implements Callable<Integer> {
        private static final Pattern ID = Pattern.compile("[a-z][a-z0-9-]{0,63}");
        private static final Pattern PACKAGE =
                Pattern.compile("[a-z_][a-z0-9_]*(\\.[a-z_][a-z0-9_]*)*");

        @Parameters(
                index = "0",
                paramLabel = "ID",
                description = "The skill's id: a-z, 0-9 and hyphens.")
        private String id;

        @Option(
                names = "--dir",
                paramLabel = "DIR",
                description = "The folder of the project (default: the id).")
        private Path folder;

        @Option(
                names = "--package",
                paramLabel = "P",
                description = "The Java package (default: skill. and the id).")
        private String javaPackage;

        @Spec private CommandSpec spec;

        @Override
        public Integer call() throws IOException {
            if (!ID.matcher(id).matches()) {
                throw new HostException(
                        HostException.USAGE,
                        "\""
                                + id
                                + "\" cannot be the id of a new skill; use 1 to 64 characters a-z 0-9 - and start with a letter");
            }
            String in = javaPackage != null ? javaPackage : "skill." + id.replace('-', '_');
            if (!PACKAGE.matcher(in).matches()) {
                throw new HostException(
                        HostException.USAGE, "\"" + in + "\" is no Java package; give --package");
            }
            Path target = (folder == null ? Path.of(id) : folder).toAbsolutePath().normalize();
            if (Files.exists(target.resolve("pom.xml"))) {
                throw new HostException(
                        HostException.FAILED,
                        target.resolve("pom.xml")
                                + " exists; skill new changes nothing that is there");
            }
            write(target, in);
            spec.commandLine()
                    .getOut()
                    .println(
                            "made "
                                    + target
                                    + "; next: cd "
                                    + (folder == null ? id : folder)
                                    + " && mvn package && weft deploy target/"
                                    + id
                                    + "-1.0.0-SNAPSHOT.jar");
            return 0;
        }

        private void write(Path target, String in) throws IOException {
            String type =
                    Arrays.stream(id.split("-+"))
                            .filter(word -> !word.isEmpty())
                            .map(word -> word.substring(0, 1).toUpperCase() + word.substring(1))
                            .collect(Collectors.joining());
            Map<String, String> words = new LinkedHashMap<>();
            words.put("@version@", Distribution.version());
            words.put("@repo@", Distribution.find().home().resolve("repo").toUri().toString());
            words.put("@package@", in);
            words.put("@class@", type);
            words.put("@id@", id);
            String code = "java/" + in.replace('.', '/') + "/" + type;
            Map<String, String> files = new LinkedHashMap<>();
            files.put("pom.xml", template("pom.xml", words));
            files.put("src/main/" + code + ".java", template("Skill.java", words));
            files.put("src/test/" + code + "Test.java", template("SkillTest.java", words));
            files.put("README.md", template("README.md", words));
            files.put(".gitignore", "target/\n");
            // The repository beside Weft is a folder: Maven may read it when it works offline, too.
            files.put(".mvn/maven.config", "-Daether.offline.protocols=file\n");
            for (Map.Entry<String, String> file : files.entrySet()) {
                Path path = target.resolve(file.getKey());
                Files.createDirectories(path.getParent());
                Files.writeString(path, file.getValue());
            }
        }

        private static String template(String name, Map<String, String> words) throws IOException {
            try (InputStream in = SkillCommand.class.getResourceAsStream("skill/" + name)) {
                String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
                for (Map.Entry<String, String> word : words.entrySet()) {
                    text = text.replace(word.getKey(), word.getValue());
                }
                return text;
            }
        }
    }
}
