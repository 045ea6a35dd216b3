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

/** Builds skill bundles out of sample classes. */
public final class SkillJar {
    private final Map<String, String> headers = new HashMap<>();
    private final Class<?> beside;
    private String answer = "hello";

    private SkillJar(Class<?> beside, String name, String packages) {
        this.beside = beside;
        headers.put("Bundle-SymbolicName", name);
        headers.put("Bundle-Version", "1.0.0");
        headers.put("Private-Package", packages);
    }

    static SkillJar of(String sample) {
        return of(SkillJar.class, "test." + sample, "dev.weft.deploy.sample." + sample);
    }

    /** A bundle.
     * @param beside a class of the same test classes
     * @param name symbolic name
     * @param packages that it holds
     * @return version 1.0.0 of it */
    public static SkillJar of(Class<?> beside, String name, String packages) {
        return new SkillJar(beside, name, packages);
    }

    /** Sets a header.
     * @param header its name
     * @param value its value
     * @return this */
    public SkillJar with(String header, String value) {
        headers.put(header, value);
        return this;
    }

    /** Sets the version.
     * @param version bundle version
     * @return this */
    public SkillJar version(String version) {
        return with("Bundle-Version", version);
    }

    /** Sets the text in {@code answer.txt}.
     * @param text what it says
     * @return this */
    public SkillJar says(String text) {
        answer = text;
        return this;
    }

    /** Builds it.
     * @return the jar
     * @throws Exception if bnd refuses */
    public byte[] bytes() throws Exception {
        try (Builder builder = new Builder();
                Jar classes = new Jar(place(beside))) {
            builder.setProperties(new java.util.Properties());
            headers.forEach(builder::setProperty);
            builder.setProperty("-dsannotations", "*");
            builder.setProperty("-dsannotations-options", "norequirements");
            builder.setProperty("-noextraheaders", "true");
            builder.addClasspath(classes);
            for (String type :
                    new String[] {"dev.weft.skill.Skill", "dev.langchain4j.agent.tool.Tool"}) {
                builder.addClasspath(place(Class.forName(type)));
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

    private static File place(Class<?> type) throws Exception {
        return new File(type.getProtectionDomain().getCodeSource().getLocation().toURI());
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
