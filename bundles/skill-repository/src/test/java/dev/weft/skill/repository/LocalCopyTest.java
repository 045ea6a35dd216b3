package dev.weft.skill.repository;

import static dev.weft.skill.repository.Shop.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.identity.HostKey;
import dev.weft.skill.repository.CatalogException.Code;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalCopyTest {
    @TempDir Path temporary;
    private Shop shop;

    @BeforeEach
    void open() throws Exception {
        shop = new Shop(temporary);
    }

    @Test
    void the_last_good_copy_is_kept_when_the_repository_goes_bad_or_away() throws Exception {
        LocalCopy copy = new LocalCopy(temporary.resolve("local"), shop.clock);
        Source source = Source.of(shop.folder.toString());
        assertThrows(CatalogException.class, () -> copy.add(source, "0".repeat(64)));
        copy.add(source, shop.root.fingerprint());
        assertTrue(copy.last().isEmpty());
        Contents good = copy.refresh(source);
        shop.publish("1.1.0");
        shop.snapshot();
        shop.change("index-com.acme.xml", "Counts", "Sounts");
        refused(Code.SWAPPED, () -> copy.refresh(source));
        LocalCopy afterRestart = new LocalCopy(temporary.resolve("local"), shop.clock);
        assertEquals(good.entries(), afterRestart.last().orElseThrow().entries());
        shop.later(Duration.ofDays(8));
        assertTrue(afterRestart.last().orElseThrow().expired(shop.clock.instant()));
    }

    @Test
    void a_damaged_copy_is_noticed_and_made_whole_but_not_older() throws Exception {
        Path local = temporary.resolve("local");
        LocalCopy copy = new LocalCopy(local, shop.clock);
        Source source = Source.of(shop.folder.toString());
        copy.add(source, shop.root.fingerprint());
        Path old = shop.photograph();
        shop.publish("1.1.0");
        shop.snapshot();
        Contents good = copy.refresh(source);
        Path index = local.resolve(good.snapshot().files().get("index-com.acme.xml").sha256());
        Files.writeString(index, Files.readString(index).replace("Counts", "Sounts"));
        LocalCopy afterRestart = new LocalCopy(local, shop.clock);
        refused(Code.SWAPPED, afterRestart::last);
        Path now = shop.photograph();
        shop.bringBack(old);
        refused(Code.ROLLBACK, () -> afterRestart.refresh(source));
        shop.bringBack(now);
        assertEquals(good.entries(), afterRestart.refresh(source).entries());
        assertEquals(
                good.entries(), new LocalCopy(local, shop.clock).last().orElseThrow().entries());
    }

    @Test
    void a_refresh_fetches_what_changed_and_keeps_the_rest() throws Exception {
        HostKey other = shop.key("other");
        shop.writer.publisher(
                new Publishers.Publisher("org.other", "Other", Role.of(other.publicKey())),
                shop.owner);
        shop.writer.publish("org.other", shop.jar("org.other.x", "1.0.0"), other);
        shop.snapshot();
        List<String> fetched = new ArrayList<>();
        Source folder = new FolderSource(shop.folder);
        Source source =
                (name, most) -> {
                    byte[] bytes = folder.read(name, most);
                    fetched.add(name.replaceFirst("[0-9a-f]{64}\\.", ""));
                    return bytes;
                };
        LocalCopy copy = new LocalCopy(temporary.resolve("local"), shop.clock);
        copy.add(source, shop.root.fingerprint());
        Contents first = copy.refresh(source);
        assertEquals(9, fetched.size(), fetched.toString());

        fetched.clear();
        Contents same = copy.refresh(source);
        assertEquals(List.of("snapshot.json"), fetched);
        assertSame(first, same);

        shop.publish("1.1.0");
        shop.snapshot();
        fetched.clear();
        Contents changed = copy.refresh(source);
        assertEquals(
                Set.of(
                        "snapshot.json",
                        "index.xml",
                        "index-com.acme.xml",
                        "publishers/com.acme.json"),
                Set.copyOf(fetched));
        assertEquals(3, changed.entries().size());
        assertSame(
                first.indexes().get("index-org.other.xml"),
                changed.indexes().get("index-org.other.xml"));
        assertSame(
                first.releases().get("com.acme").releases().get(0),
                changed.releases().get("com.acme").releases().get(0));

        LocalCopy afterRestart = new LocalCopy(temporary.resolve("local"), shop.clock);
        assertEquals(changed, afterRestart.last().orElseThrow());
    }

    @Test
    void what_many_releases_say_alike_is_kept_once() throws Exception {
        shop.publish("1.1.0");
        shop.publish("1.2.0");
        shop.snapshot();
        List<Entry.Clause> skills =
                shop.read().entries().stream()
                        .flatMap(entry -> entry.clauses().stream())
                        .filter(clause -> clause.namespace().equals("weft.skill"))
                        .toList();
        assertEquals(3, skills.size());
        assertSame(skills.get(0), skills.get(1));
        assertSame(skills.get(0), skills.get(2));
    }

    @Test
    void what_did_not_change_is_not_indexed_again() throws Exception {
        Path index = file("index-com.acme.xml");
        Files.writeString(index, Files.readString(index) + "<!-- kept -->");
        shop.snapshot();
        assertTrue(Files.readString(index).contains("kept"));
        shop.publish("1.1.0");
        shop.snapshot();
        assertTrue(!Files.readString(index).contains("kept"));
    }

    private Path file(String name) {
        return shop.folder.resolve(name);
    }
}
