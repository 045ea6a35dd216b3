package dev.weft.host.framework;

import aQute.bnd.osgi.Builder;
import aQute.bnd.osgi.Jar;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes skill bundles from the fixture classes, as an author's build would. */
public final class SkillJars {
    private SkillJars() {}

    /**
     * @param folder where the jar goes
     * @param file its name
     * @param fixture package below {@code dev.weft.host.fixture}
     * @param version bundle version
     * @param extra more bnd instructions, name and value in turn
     */
    public static Path make(
            Path folder, String file, String fixture, String version, String... extra)
            throws Exception {
        Files.createDirectories(folder);
        try (Builder builder = new Builder()) {
            builder.addClasspath(new File("target/test-classes"));
            for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
                if (entry.contains("langchain4j-core")
                        || entry.contains("dev.weft.skill.api")
                        || entry.contains("dev.weft.lib.langchain4j")
                        || entry.contains("skill-api")) {
                    builder.addClasspath(new File(entry));
                }
            }
            builder.setProperty("Bundle-SymbolicName", "dev.weft.fixture." + fixture);
            builder.setProperty("Bundle-Version", version);
            builder.setProperty("Private-Package", "dev.weft.host.fixture." + fixture);
            builder.setProperty("-dsannotations-options", "norequirements");
            for (int i = 0; i < extra.length; i += 2) {
                builder.setProperty(extra[i], extra[i + 1]);
            }
            try (Jar jar = builder.build()) {
                if (!builder.getErrors().isEmpty()) {
                    throw new IllegalStateException(builder.getErrors().toString());
                }
                Path target = folder.resolve(file);
                jar.write(target.toFile());
                return target;
            }
        }
    }
}
