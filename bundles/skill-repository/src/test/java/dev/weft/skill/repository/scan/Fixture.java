package dev.weft.skill.repository.scan;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Builds the jar of a skill out of a few lines of Java: {@code body} are members of its class, {@code calls} is what its tool does. */
final class Fixture {
    private final Map<String, String> headers = new LinkedHashMap<>();
    private final Map<String, byte[]> entries = new LinkedHashMap<>();
    private String id = "words";
    private String description = "Counts the words of a text.";
    private String tool = "How many words a text has";
    private String permissions = "";
    private String annotated = "";
    private String body = "";
    private String calls = "";
    private String others = "";
    private String title = "Words";
    private String titled = "Words";
    private int newer;
    private String newerBody = "";

    Fixture() {
        header("Bundle-ManifestVersion", "2");
        header("Bundle-SymbolicName", "com.acme.words");
        header("Bundle-Version", "1.0.0");
    }

    Fixture header(String name, String value) {
        headers.put(name, value);
        return this;
    }

    Fixture id(String id) {
        this.id = id;
        return this;
    }

    Fixture description(String description) {
        this.description = description;
        return this;
    }

    Fixture tool(String tool) {
        this.tool = tool;
        return this;
    }

    /** What manifest and annotation declare. */
    Fixture declares(String permissions) {
        this.permissions = permissions;
        annotated = permissions;
        return this;
    }

    /** What the annotation alone declares. */
    Fixture annotated(String permissions) {
        annotated = permissions;
        return this;
    }

    Fixture body(String body) {
        this.body = body;
        return this;
    }

    /** Statements of the tool, so that they can be reached. */
    Fixture calls(String statements) {
        this.calls = statements;
        return this;
    }

    /** Further classes of the file. */
    Fixture others(String classes) {
        this.others = classes;
        return this;
    }

    /** Another content of the class, for JVMs from a version on. */
    Fixture version(int java, String body) {
        newer = java;
        newerBody = body;
        return this;
    }

    Fixture title(String title) {
        this.title = title;
        titled = title;
        return this;
    }

    /** What the annotation alone calls it. */
    Fixture titled(String title) {
        titled = title;
        return this;
    }

    /** Puts all classes of a package of the test's class path in: a library within the jar. */
    Fixture library(String className, String... without) throws Exception {
        Path jar =
                Path.of(
                        Class.forName(className)
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toURI());
        try (java.util.jar.JarFile file = new java.util.jar.JarFile(jar.toFile())) {
            for (ZipEntry entry : (Iterable<java.util.jar.JarEntry>) file.stream()::iterator) {
                String name = entry.getName();
                boolean wanted =
                        name.endsWith(".class")
                                && !name.startsWith("META-INF/")
                                && !name.contains("module-info");
                if (wanted && Stream.of(without).noneMatch(name::startsWith)) {
                    entry(name, file.getInputStream(entry).readAllBytes());
                }
            }
        }
        return this;
    }

    Fixture entry(String name, byte[] content) {
        entries.put(name, content);
        return this;
    }

    Fixture entry(String name, String content) {
        return entry(name, content.getBytes(StandardCharsets.UTF_8));
    }

    Path write(Path folder) throws IOException {
        Path jar = folder.resolve("skill.jar");
        Files.write(jar, bytes(folder));
        return jar;
    }

    byte[] bytes(Path folder) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            put(zip, JarFile.MANIFEST_NAME, manifest().getBytes(StandardCharsets.UTF_8));
            if (newer > 0) {
                Path other = compile(folder, "public class Words {" + newerBody + "}");
                put(
                        zip,
                        "META-INF/versions/" + newer + "/com/acme/Words.class",
                        Files.readAllBytes(other.resolve("com/acme/Words.class")));
            }
            Path classes = compile(folder, source());
            try (Stream<Path> files = Files.walk(classes)) {
                for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                    put(zip, classes.relativize(file).toString(), Files.readAllBytes(file));
                }
            }
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                put(zip, entry.getKey(), entry.getValue());
            }
        }
        return bytes.toByteArray();
    }

    /** All that goes into the jar, not compiled. */
    String substance() {
        StringBuilder text = new StringBuilder(manifest()).append(source());
        text.append(newer).append(newerBody);
        entries.forEach(
                (name, bytes) ->
                        text.append(name).append(bytes.length).append(Arrays.hashCode(bytes)));
        return text.toString();
    }

    static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(content);
        zip.closeEntry();
    }

    private String manifest() {
        headers.putIfAbsent(
                "Provide-Capability",
                "weft.skill;weft.skill=\""
                        + id
                        + "\";title=\""
                        + title
                        + "\";description=\""
                        + description
                        + "\";permissions:List<String>=\""
                        + permissions
                        + "\"");
        StringBuilder text = new StringBuilder("Manifest-Version: 1.0\r\n");
        headers.forEach(
                (name, value) -> {
                    text.append(name).append(": ");
                    int column = name.length() + 2;
                    for (int c : value.codePoints().toArray()) {
                        if (column > 50) {
                            text.append("\r\n ");
                            column = 1;
                        }
                        text.appendCodePoint(c);
                        column++;
                    }
                    text.append("\r\n");
                });
        return text.append("\r\n").toString();
    }

    private String source() {
        String list = annotated.isEmpty() ? "" : "\"" + annotated.replace(",", "\",\"") + "\"";
        return "@dev.weft.skill.Skill(id=\""
                + id
                + "\",title=\""
                + titled
                + "\",description=\""
                + description
                + "\",permissions={"
                + list
                + "}) public class Words {"
                + "@dev.langchain4j.agent.tool.Tool(\""
                + tool
                + "\") public int count(String text) throws Exception {"
                + calls
                + "return text.split(\" \").length; }"
                + body
                + "}"
                + others;
    }

    private static Path compile(Path folder, String classes) throws IOException {
        String source =
                "package com.acme; import java.util.*; import java.io.*; import java.nio.file.*; import java.net.*;"
                        + classes;
        return compiled(folder, source);
    }

    private static Path compiled(Path folder, String source) throws IOException {
        Path classes = Files.createTempDirectory(folder, "classes");
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter problems = new StringWriter();
        try (StandardJavaFileManager files =
                compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            JavaFileObject file =
                    new SimpleJavaFileObject(
                            URI.create("string:///Words.java"), JavaFileObject.Kind.SOURCE) {
                        @Override
                        public CharSequence getCharContent(boolean ignore) {
                            return source;
                        }
                    };
            boolean good =
                    compiler.getTask(
                                    problems,
                                    files,
                                    null,
                                    List.of(
                                            "-proc:none",
                                            "-nowarn",
                                            "-d",
                                            classes.toString(),
                                            "-classpath",
                                            System.getProperty("java.class.path")),
                                    null,
                                    List.of(file))
                            .call();
            if (!good) {
                throw new IllegalArgumentException(problems.toString());
            }
        }
        return classes;
    }
}
