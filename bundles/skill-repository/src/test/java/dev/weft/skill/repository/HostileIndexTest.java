package dev.weft.skill.repository;

import static dev.weft.skill.repository.CatalogException.Code.LIES;
import static dev.weft.skill.repository.CatalogException.Code.MALFORMED;

import dev.weft.skill.repository.CatalogException.Code;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A repository that lies about what publishers signed. */
class HostileIndexTest {
    private static final String INDEX = "index-com.acme.xml";
    @TempDir Path temporary;

    /** A repository that lies about what publishers signed. */
    static Stream<Attack> indexes() {
        return Stream.of(
                index(
                        "lists what nobody signed",
                        LIES,
                        "which no publisher signed",
                        "value=\"com.acme.words\"",
                        "value=\"com.acme.wards\""),
                index(
                        "points to another jar",
                        LIES,
                        "has another file for com.acme.words/1.0.0",
                        "jars/com.acme.words-1.0.0.jar",
                        "jars/other.jar"),
                index(
                        "points to a file of the reader",
                        LIES,
                        "has another file",
                        "jars/com.acme.words-1.0.0.jar",
                        "file:///etc/passwd"),
                index(
                        "points to another host",
                        LIES,
                        "has another file",
                        "jars/com.acme.words-1.0.0.jar",
                        "https://evil.org/x.jar"),
                index(
                        "names another version",
                        LIES,
                        "which no publisher signed",
                        "value=\"1.0.0\"",
                        "value=\"9.0.0\""),
                index(
                        "has a document type",
                        MALFORMED,
                        INDEX + " is broken",
                        "<repository ",
                        "<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><repository increment='&x;' "),
                index(
                        "has entities that grow",
                        MALFORMED,
                        INDEX + " is broken",
                        "<repository ",
                        "<!DOCTYPE r [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;'>]><repository name='&c;' "),
                index("ends in the middle", MALFORMED, INDEX + " is broken", "</repository>", ""),
                index(
                        "has a text without end",
                        MALFORMED,
                        "of at most 16 KiB",
                        "Counts words",
                        "x".repeat(20_000)),
                index(
                        "has attributes without end",
                        MALFORMED,
                        "more than 64 entries",
                        "<capability namespace=\"weft.skill\">",
                        "<capability namespace=\"weft.skill\">" + attributes(70)),
                Attack.of(
                        "hides a permission",
                        LIES,
                        "its manifest",
                        shop -> {
                            shop.change(INDEX, "net,files", "net");
                            shop.lie(INDEX);
                            Entry entry = shop.read().entries().get(0);
                            shop.reader.jar(new FolderSource(shop.folder), entry);
                        }),
                Attack.of(
                        "has other words for a skill",
                        LIES,
                        "its manifest",
                        shop -> {
                            shop.change(INDEX, "Counts words", "Counts money");
                            shop.lie(INDEX);
                            Entry entry = shop.read().entries().get(0);
                            shop.reader.jar(new FolderSource(shop.folder), entry);
                        }),
                Attack.of(
                        "lists a release in two files",
                        MALFORMED,
                        "lists com.acme.words/1.0.0 twice",
                        shop -> {
                            Files.copy(shop.file(INDEX), shop.file("index-x.xml"));
                            shop.lie("index-x.xml");
                            shop.read();
                        }),
                Attack.of(
                        "names documents without end",
                        MALFORMED,
                        "the limit is",
                        shop -> {
                            Map<String, Snapshot.FileDigest> files =
                                    new java.util.TreeMap<>(shop.signedSnapshot().files());
                            for (String big : List.of("a", "b", "c")) {
                                files.put(big, new Snapshot.FileDigest("0".repeat(64), 60 << 20));
                            }
                            shop.sign(
                                    "snapshot.json",
                                    new Snapshot(Snapshot.KIND, 99, "2026-03-08T00:00:00Z", files),
                                    shop.owner);
                            shop.read();
                        }));
    }

    private static String attributes(int count) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append("<attribute name=\"a").append(i).append("\" value=\"x\"/>");
        }
        return text.toString();
    }

    private static Attack index(String title, Code code, String told, String from, String to) {
        return Attack.of(
                "an index that " + title,
                code,
                told,
                shop -> {
                    shop.change(INDEX, from, to);
                    shop.lie(INDEX);
                    shop.read();
                });
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("indexes")
    void is_refused_and_the_reason_told(Attack attack) throws Exception {
        attack.isRefused(temporary);
    }
}
