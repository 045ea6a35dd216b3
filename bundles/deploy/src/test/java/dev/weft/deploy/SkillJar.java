package dev.weft.deploy;

import aQute.bnd.osgi.Builder;
import aQute.bnd.osgi.EmbeddedResource;
import aQute.bnd.osgi.Jar;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Builds skill bundles out of the sample classes. */
final class SkillJar {
    private final Map<String, String> headers = new HashMap<>();
    private String answer = "hello";

    private SkillJar(String sample) {
        headers.put("Bundle-SymbolicName", "test." + sample);
        headers.put("Bundle-Version", "1.0.0");
        headers.put("Private-Package", "dev.weft.deploy.sample." + sample);
    }

    static SkillJar of(String sample) {
        return new SkillJar(sample);
    }

    SkillJar with(String header, String value) {
        headers.put(header, value);
        return this;
    }

    SkillJar version(String version) {
        return with("Bundle-Version", version);
    }

    SkillJar says(String text) {
        answer = text;
        return this;
    }

    byte[] bytes() throws Exception {
        try (Builder builder = new Builder();
                Jar classes = new Jar(new File("target/test-classes"))) {
            builder.setProperties(new java.util.Properties());
            headers.forEach(builder::setProperty);
            builder.setProperty("-dsannotations", "*");
            builder.setProperty("-dsannotations-options", "norequirements");
            builder.setProperty("-noextraheaders", "true");
            builder.addClasspath(classes);
            for (String type :
                    new String[] {"dev.weft.skill.Skill", "dev.langchain4j.agent.tool.Tool"}) {
                builder.addClasspath(
                        new File(
                                Class.forName(type)
                                        .getProtectionDomain()
                                        .getCodeSource()
                                        .getLocation()
                                        .toURI()));
            }
            Jar jar = builder.build();
            if (!builder.getErrors().isEmpty()) {
                throw new IllegalStateException(builder.getErrors().toString());
            }
            jar.putResource(
                    "answer.txt", new EmbeddedResource(answer.getBytes(StandardCharsets.UTF_8), 0));
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            jar.write(out);
            return out.toByteArray();
        }
    }

    /** Packs jars into one zip, called 0.jar, 1.jar …. */
    static byte[] zip(byte[]... jars) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry("README.txt"));
            for (int n = 0; n < jars.length; n++) {
                zip.putNextEntry(new ZipEntry(n + ".jar"));
                zip.write(jars[n]);
            }
        }
        return bytes.toByteArray();
    }
}
