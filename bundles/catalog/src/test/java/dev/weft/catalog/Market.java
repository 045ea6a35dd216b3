package dev.weft.catalog;

import dev.weft.api.identity.HostKey;
import dev.weft.catalog.sample.greet.Greet;
import dev.weft.deploy.SkillJar;
import dev.weft.skill.repository.Publishers.Publisher;
import dev.weft.skill.repository.RepositoryWriter;
import dev.weft.skill.repository.Role;
import dev.weft.skill.repository.Root;
import dev.weft.skill.repository.Statement;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;

/** A repository in a folder with one publisher, com.acme. */
final class Market {
    final Path folder;
    final Root root;
    final HostKey owner;
    final HostKey acme;
    final RepositoryWriter writer;
    private final Path home;
    private final String name;

    Market(Path home, String name) throws Exception {
        this.home = Files.createDirectories(home);
        this.name = name;
        folder = home.resolve(name);
        owner = HostKey.loadOrCreate(home.resolve(name + "-keys/owner"));
        acme = HostKey.loadOrCreate(home.resolve(name + "-keys/acme"));
        writer = new RepositoryWriter(folder, Clock.systemUTC());
        root = writer.create(name, owner);
        publisher(acme);
        snapshot();
    }

    String address() {
        return folder.toString();
    }

    String fingerprint() {
        return root.fingerprint();
    }

    void publisher(HostKey key) throws Exception {
        writer.publisher(new Publisher("com.acme", "Acme", Role.of(key.publicKey())), owner);
    }

    static SkillJar greet() {
        return skill("greet");
    }

    /** A skill of this module's samples, called {@code com.acme.greet} whichever of the two it is. */
    static SkillJar skill(String sample) {
        return SkillJar.of(
                        Greet.class,
                        "com.acme." + sample.replace("greeter", "greet"),
                        "dev.weft.catalog.sample." + sample)
                .with("-metatypeannotations", "*");
    }

    /** A skill that needs package {@code com.acme.words}. */
    static SkillJar user() {
        return SkillJar.of(SkillJar.class, "com.acme.user", "dev.weft.deploy.sample.user");
    }

    /** A library that has it. */
    static SkillJar words() {
        return SkillJar.of(SkillJar.class, "com.acme.words", "")
                .with("Export-Package", "com.acme.words;version=1.2.0");
    }

    Market publish(SkillJar... jars) throws Exception {
        for (SkillJar jar : jars) {
            Path file = Files.createTempFile(home, "release", ".jar");
            Files.write(file, jar.bytes());
            writer.publish("com.acme", file, acme);
            Files.delete(file);
        }
        snapshot();
        return this;
    }

    void snapshot() throws Exception {
        writer.snapshot(Duration.ofDays(7), owner);
    }

    void state(String verb, String bundle, String version) throws Exception {
        writer.state(
                new Statement(
                        "statement",
                        name,
                        bundle,
                        version,
                        verb,
                        "it leaks secrets",
                        "2026-03-01T00:00:00Z"),
                acme);
        snapshot();
    }
}
