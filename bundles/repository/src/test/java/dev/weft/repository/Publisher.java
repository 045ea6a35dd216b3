package dev.weft.repository;

import dev.weft.api.identity.HostKey;
import dev.weft.api.repository.SkillRepository;
import dev.weft.skill.repository.Releases;
import dev.weft.skill.repository.Signed;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.objectweb.asm.AnnotationVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;

/** A publisher that does by hand what the command line does. */
final class Publisher {
    static final String NAMESPACE = "com.acme";
    private static final Clock CLOCK = Clock.systemUTC();
    final HostKey key;
    private final Path folder;

    Publisher(Path folder, String name) throws IOException {
        this.folder = folder;
        this.key = HostKey.loadOrCreate(folder.resolve("keys").resolve(name));
    }

    Releases.Release upload(SkillRepository repository, String version) throws IOException {
        Path jar = jar("com.acme.words", "words", version);
        try (InputStream in = Files.newInputStream(jar)) {
            repository.upload(in);
        }
        return Releases.Release.of(jar, CLOCK);
    }

    byte[] sign(Releases before, Releases.Release... more) {
        return Signed.write(before.with(List.of(more)), key);
    }

    static Releases none() {
        return new Releases("releases", NAMESPACE, 0, List.of());
    }

    Path jar(String bundle, String skill, String version) throws IOException {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.putValue("Manifest-Version", "1.0");
        main.putValue("Bundle-ManifestVersion", "2");
        main.putValue("Bundle-SymbolicName", bundle);
        main.putValue("Bundle-Version", version);
        main.putValue(
                "Provide-Capability",
                "weft.skill;weft.skill="
                        + skill
                        + ";title=Words;description=\"Counts words, and letters\"");
        Path jar = folder.resolve(bundle + "-" + version + ".jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
            out.putNextEntry(new JarEntry("text.txt"));
            out.write(version.getBytes(StandardCharsets.UTF_8));
            out.putNextEntry(new JarEntry("com/acme/Words.class"));
            out.write(code(skill));
        }
        return jar;
    }

    /** A class that says that it is the skill: what the scan compares the manifest with. */
    private static byte[] code(String skill) {
        ClassWriter code = new ClassWriter(0);
        code.visit(
                Opcodes.V17,
                Opcodes.ACC_PUBLIC | Opcodes.ACC_FINAL,
                "com/acme/Words",
                null,
                "java/lang/Object",
                null);
        AnnotationVisitor says = code.visitAnnotation("Ldev/weft/skill/Skill;", true);
        says.visit("id", skill);
        says.visit("title", "Words");
        says.visit("description", "Counts words, and letters");
        says.visitEnd();
        code.visitEnd();
        return code.toByteArray();
    }
}
