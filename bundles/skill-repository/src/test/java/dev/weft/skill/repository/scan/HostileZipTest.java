package dev.weft.skill.repository.scan;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Zips that two readers read differently, and what cannot be scanned at all. */
class HostileZipTest {
    @TempDir Path temporary;

    private static byte[] replaced(byte[] jar, String from, String to) {
        return new String(jar, StandardCharsets.ISO_8859_1)
                .replace(from, to)
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] first(byte[] jar, String from, String to) {
        String text = new String(jar, StandardCharsets.ISO_8859_1);
        int at = text.indexOf(from);
        return (text.substring(0, at) + to + text.substring(at + from.length()))
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Puts bytes between entries and directory, where a reader that streams finds another entry. */
    private static byte[] between(byte[] jar) {
        ByteBuffer zip = ByteBuffer.wrap(jar).order(ByteOrder.LITTLE_ENDIAN);
        int directory = zip.getInt(jar.length - 6);
        ByteBuffer longer = ByteBuffer.allocate(jar.length + 40).order(ByteOrder.LITTLE_ENDIAN);
        longer.put(jar, 0, directory).put(jar, 0, 40).put(jar, directory, jar.length - directory);
        longer.putInt(longer.capacity() - 6, directory + 40);
        return longer.array();
    }

    /** Where the directory describes an entry. */
    private static int described(byte[] jar, String name) {
        return new String(jar, StandardCharsets.ISO_8859_1).lastIndexOf(name) - 46;
    }

    private static UnaryOperator<byte[]> set(int offset, int... values) {
        return jar -> {
            byte[] other = jar.clone();
            int at = described(jar, "aaaa.txt") + offset;
            for (int i = 0; i < values.length; i++) {
                other[at + i] = (byte) values[i];
            }
            return other;
        };
    }

    static Stream<Case> zips() {
        return Stream.of(
                Case.zip(
                        "an entry twice",
                        "duplicate-entry",
                        "in the jar twice",
                        jar -> replaced(jar, "bbbb.txt", "aaaa.txt")),
                Case.zip(
                        "an entry with another name where a stream reads it",
                        "hidden-entry",
                        "see different ones",
                        jar -> first(jar, "aaaa.txt", "hide.txt")),
                Case.zip(
                        "an entry that the directory does not list",
                        "hidden-entry",
                        "its directory does not list",
                        HostileZipTest::between),
                Case.zip(
                        "data behind the zip",
                        "data-around",
                        "before or behind",
                        jar -> Arrays.copyOf(jar, jar.length + 100)),
                Case.zip(
                        "a comment with something in it",
                        "data-around",
                        "before or behind",
                        jar -> {
                            byte[] longer = Arrays.copyOf(jar, jar.length + 5);
                            longer[jar.length - 2] = 5;
                            return longer;
                        }),
                Case.zip(
                        "a link of Unix",
                        "link-entry",
                        "\"aaaa.txt\" is a link",
                        set(40, 0xff, 0xa1)),
                Case.zip("a device of Unix", "link-entry", "or a device", set(40, 0xff, 0x21)));
    }

    static Stream<Case> unscanned() {
        Fixture large = new Fixture();
        byte[] zeros = new byte[31 << 20];
        Fixture many = new Fixture();
        for (int i = 0; i < 4100; i++) {
            many.entry("e" + i, "");
        }
        for (int i = 0; i < 5; i++) {
            large.entry("e" + i, zeros);
        }
        return Stream.of(
                Case.unscanned(
                        "a class of no Java that there is",
                        "class x.class",
                        new Fixture()
                                .entry(
                                        "x.class",
                                        new byte[] {
                                            (byte) 0xca,
                                            (byte) 0xfe,
                                            (byte) 0xba,
                                            (byte) 0xbe,
                                            0,
                                            0,
                                            1,
                                            0,
                                            0,
                                            0
                                        })),
                Case.unscanned(
                        "a broken header",
                        "header of the manifest",
                        new Fixture().header("Export-Package", "a;b=\"c")),
                Case.unscanned(
                        "a broken component",
                        "OSGI-INF/x.xml",
                        new Fixture().entry("OSGI-INF/x.xml", "<component>")),
                Case.unscanned(
                        "entities without end in a component",
                        "OSGI-INF/x.xml",
                        new Fixture()
                                .entry(
                                        "OSGI-INF/x.xml",
                                        "<!DOCTYPE c [<!ENTITY a 'x'><!ENTITY b '&a;&a;&a;'>]><component name='&b;'/>")),
                Case.unscanned(
                        "no zip",
                        "it is no zip",
                        jar -> "no zip at all, and long enough".getBytes(StandardCharsets.UTF_8)),
                Case.unscanned(
                        "no manifest",
                        "no manifest",
                        jar -> HostileContentTest.zipped("x.txt", "x")),
                Case.unscanned("a size that is too small", "not what it says", set(24, 2)),
                Case.unscanned("a packed size that is too small", "not what it says", set(20, 1)),
                Case.unscanned("an entry beyond the end", "cannot be unpacked", set(45, 0x7f)),
                Case.unscanned("an encrypted entry", "encrypted", set(8, 1)),
                Case.unscanned(
                        "a bomb", "MiB in", new Fixture().entry("bomb.txt", new byte[33 << 20])),
                Case.unscanned("a bomb of several", "in all", large),
                Case.unscanned("4100 entries", "entries", many));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"zips", "unscanned"})
    void is_answered_and_the_reason_told(Case hostile) throws Exception {
        hostile.isAnswered(temporary);
    }
}
