package dev.weft.host.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.identity.HostKey;
import dev.weft.skill.repository.Contents;
import dev.weft.skill.repository.LocalCopy;
import dev.weft.skill.repository.RepositoryReader;
import dev.weft.skill.repository.SkillSearch;
import dev.weft.skill.repository.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs what docs/publishing.md says, and looks at what comes of it as a host that reads does. */
@Tag("once")
class PublishIT {
    @TempDir Path folder;

    @Test
    void every_step_does_what_it_says_and_hosts_read_what_it_made() throws Exception {
        try (Transcript transcript = new Transcript(folder)) {
            int steps = transcript.run(Path.of("..", "docs", "publishing.md"));
            assertTrue(steps >= 18, steps + " commands");
            assertEquals(
                    "rw-------",
                    PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(folder.resolve("acme.key"))));

            Contents shop = read(folder.resolve("shop").toString(), "shop");
            assertEquals(3, shop.root().version());
            assertEquals(2, shop.root().root().threshold());
            assertTrue(shop.statements().get(0).revokes());
            assertEquals(
                    Set.of(key("shop2.key")),
                    shop.root().snapshot().keys(),
                    "the daily work went to another key");

            Contents registry = read(folder.resolve("registry/repository").toString(), "registry");
            assertEquals(
                    Set.of(key("next.key")),
                    registry.publishers().publishers().get(0).role().keys());
            assertEquals("greets too loudly", registry.statements().get(0).reason());
            assertEquals("hello", registry.entries().get(0).skills().get(0).id());
            assertTrue(new SkillSearch(registry).find("hello", "").isEmpty(), "it is yanked");

            overHttp();
        }
    }

    /** A registry that is open to strangers, read over HTTP; and one key for each role. */
    private void overHttp() throws Exception {
        Path data = Files.createDirectories(folder.resolve("open/data/etc"));
        Files.writeString(
                data.resolve("repository.json"), "{\"dev.weft.repository\": {\"open\": true}}");
        try (TestHost host =
                        new TestHost(folder.resolve("open"), "open").start("--role", "registry");
                TestHost member = new TestHost(folder.resolve("member"), "member")) {
            host.admit(member);
            member.start();
            String publisher =
                    host.json("key", "create", "--role", "publisher").path("key").asText();
            String place = host.url() + "/repository";
            TestHost.await("the repository is there", () -> summary(host).has("fingerprint"));
            done(host.weft("publisher", "grant", "com.acme", "../acme.key.pub"));
            Path jar = folder.resolve("hello/target/hello-1.0.0.jar");
            String[] publish = {
                "skill", "publish", jar.toString(), "--sign", "acme.key", "--repository", place
            };
            Program.Result nobody = Program.run(folder, publish);
            assertEquals(4, nobody.exit(), nobody.text());
            done(
                    Program.run(
                            folder,
                            "skill",
                            "publish",
                            jar.toString(),
                            "--sign",
                            "acme.key",
                            "--repository",
                            place,
                            "--key",
                            publisher));

            LocalCopy reader = new LocalCopy(folder.resolve("reader"), Clock.systemUTC());
            Source source = Source.of(place);
            reader.add(source, summary(host).path("fingerprint").asText());
            Contents contents = reader.refresh(source);
            assertEquals("hello", contents.entries().get(0).skills().get(0).id());
            String fingerprint = summary(host).path("fingerprint").asText();
            done(
                    member.weft(
                            "catalog",
                            "add",
                            "registry",
                            "--fingerprint",
                            fingerprint,
                            "--trust",
                            "com.acme"));
            done(member.weft("install", "hello", "--yes"));
            TestHost.await("hello runs", () -> member.lists("hello", "member"));
            done(
                    Program.run(
                            folder,
                            "skill",
                            "yank",
                            "hello",
                            "--reason",
                            "too loud",
                            "--sign",
                            "acme.key",
                            "--repository",
                            place,
                            "--key",
                            publisher));
            assertEquals("too loud", reader.refresh(source).statements().get(0).reason());

            // another's key is refused, with the reason
            done(Program.run(folder, "publisher", "new", "org.other", "--sign", "other.key"));
            Program.Result stranger =
                    Program.run(
                            folder,
                            "skill",
                            "revoke",
                            "hello",
                            "--reason",
                            "x",
                            "--sign",
                            "other.key",
                            "--repository",
                            place,
                            "--key",
                            publisher);
            assertEquals(4, stranger.exit(), stranger.text());
            assertTrue(stranger.text().contains("good signatures"), stranger.text());

            // a registry alone is no peer: it tells its members what is revoked, long before they
            // read it anew
            done(
                    Program.run(
                            folder,
                            "skill",
                            "revoke",
                            "hello",
                            "--reason",
                            "it leaks",
                            "--sign",
                            "acme.key",
                            "--repository",
                            place,
                            "--key",
                            publisher));
            TestHost.await("hello is gone", () -> !member.lists("hello", "member"));
            TestHost.await(
                    "the reason in its health",
                    () -> Rest.get(member, "/api/health").toString().contains("it leaks"));
        }
    }

    private static JsonNode summary(TestHost host) {
        return host.json("repository", "show");
    }

    private static void done(Program.Result result) {
        assertEquals(0, result.exit(), result.text());
    }

    private Contents read(String place, String name) throws IOException {
        LocalCopy copy = new LocalCopy(folder.resolve("copy-" + name), Clock.systemUTC());
        Source source = Source.of(place);
        String fingerprint = new RepositoryReader(Clock.systemUTC()).first(source).fingerprint();
        copy.add(source, fingerprint);
        return copy.refresh(source);
    }

    private String key(String file) throws IOException {
        return HostKey.loadOrCreate(folder.resolve(file)).publicKey();
    }
}
