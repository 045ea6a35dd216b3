package dev.weft.transport.webrtc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StubLibraryTest {
    /** Reads the file as a dynamic linker does: from the program headers, by the offsets of the specification. */
    private record Elf(
            int type,
            int machine,
            int flags,
            Map<Integer, long[]> segments,
            Map<Long, Long> tags,
            List<String> needed,
            String soname,
            ByteBuffer file) {
        static Elf read(byte[] bytes, boolean wide) {
            ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            assertEquals(0x464c457f, file.getInt(0), "magic");
            assertEquals(wide ? 2 : 1, file.get(4), "class");
            assertEquals(1, file.get(5), "little endian");
            assertEquals(1, file.get(6), "version");
            int headers = (int) word(file, wide ? 32 : 28, wide);
            int size = file.getShort(wide ? 54 : 42);
            assertEquals(wide ? 64 : 52, file.getShort(wide ? 52 : 40), "e_ehsize");
            assertEquals(wide ? 56 : 32, size, "e_phentsize");
            Map<Integer, long[]> segments = new LinkedHashMap<>();
            for (int i = 0; i < file.getShort(wide ? 56 : 44); i++) {
                int at = headers + i * size;
                long[] segment =
                        wide
                                ? new long[] {
                                    file.getLong(at + 8),
                                    file.getLong(at + 16),
                                    file.getLong(at + 32),
                                    file.getLong(at + 40),
                                    file.getInt(at + 4),
                                    file.getLong(at + 48)
                                }
                                : new long[] {
                                    file.getInt(at + 4),
                                    file.getInt(at + 8),
                                    file.getInt(at + 16),
                                    file.getInt(at + 20),
                                    file.getInt(at + 24),
                                    file.getInt(at + 28)
                                };
                segments.put(file.getInt(at), segment);
            }
            long[] dynamic = segments.get(2);
            int step = wide ? 8 : 4;
            Map<Long, Long> tags = new LinkedHashMap<>();
            List<Long> needed = new ArrayList<>();
            for (int at = (int) dynamic[0]; word(file, at, wide) != 0; at += 2 * step) {
                if (word(file, at, wide) == 1) {
                    needed.add(word(file, at + step, wide));
                } else {
                    tags.put(word(file, at, wide), word(file, at + step, wide));
                }
            }
            long strings = tags.get(5L);
            return new Elf(
                    file.getShort(16),
                    file.getShort(18),
                    file.getInt(wide ? 48 : 36),
                    segments,
                    tags,
                    needed.stream().map(offset -> text(bytes, strings + offset)).toList(),
                    text(bytes, strings + tags.get(14L)),
                    file);
        }

        private static long word(ByteBuffer file, int at, boolean wide) {
            return wide ? file.getLong(at) : file.getInt(at);
        }

        private static String text(byte[] bytes, long from) {
            int end = (int) from;
            while (bytes[end] != 0) {
                end++;
            }
            return new String(bytes, (int) from, end - (int) from, StandardCharsets.US_ASCII);
        }
    }

    @ParameterizedTest
    @EnumSource(StubLibrary.Machine.class)
    void the_file_reads_back_as_an_empty_shared_object(StubLibrary.Machine machine) {
        boolean wide = machine != StubLibrary.Machine.AARCH32;
        byte[] bytes =
                StubLibrary.write(machine, "libX11.so.6", List.of("libone.so.1", "libtwo.so.2"));
        Elf elf = Elf.read(bytes, wide);

        assertEquals(3, elf.type());
        assertEquals(
                switch (machine) {
                    case X86_64 -> 62;
                    case AARCH64 -> 183;
                    case AARCH32 -> 40;
                },
                elf.machine());
        assertEquals(wide ? 0 : 0x05000400, elf.flags(), "EABI 5, hard float on 32-bit ARM");
        assertEquals("libX11.so.6", elf.soname());
        assertEquals(List.of("libone.so.1", "libtwo.so.2"), elf.needed());
        assertEquals(3, elf.segments().size());
        long[] load = elf.segments().get(1);
        assertEquals(0, load[0]);
        assertEquals(0, load[1]);
        assertEquals(bytes.length, load[2], "file size");
        assertEquals(bytes.length, load[3], "memory size");
        assertEquals(0x10000, load[5], "fits pages of up to 64 KiB");
        assertTrue(
                elf.segments().values().stream().allMatch(segment -> segment[4] == 6),
                "readable, writable, not executable");
        long[] dynamic = elf.segments().get(2);
        assertEquals(dynamic[0], dynamic[1]);
        assertEquals(0, dynamic[0] % (wide ? 8 : 4), "aligned");
        assertTrue(elf.segments().containsKey(0x6474e551), "PT_GNU_STACK");
        assertEquals(wide ? 24 : 16, elf.tags().get(11L), "DT_SYMENT");
        assertEquals(
                dynamic[0] + dynamic[2],
                elf.tags().get(6L),
                "the null symbol follows the dynamic section");
        assertEquals(
                elf.tags().get(6L) + elf.tags().get(11L),
                elf.tags().get(4L),
                "the hash table follows the symbol");
        assertEquals(
                bytes.length, elf.tags().get(5L) + elf.tags().get(10L), "the strings are last");
        int hash = elf.tags().get(4L).intValue();
        assertEquals(
                List.of(1, 1, 0, 0),
                List.of(
                        elf.file().getInt(hash),
                        elf.file().getInt(hash + 4),
                        elf.file().getInt(hash + 8),
                        elf.file().getInt(hash + 12)));
    }

    @Test
    void it_loads_and_its_name_satisfies_who_needs_it(@TempDir Path folder) throws Exception {
        StubLibrary.Machine here = StubLibrary.Machine.here();
        assumeTrue(
                here != null && System.getProperty("os.name").startsWith("Linux"),
                "not a Linux of webrtc-java's platforms");
        Path needy =
                Files.write(
                        folder.resolve("needy.so"),
                        StubLibrary.write(here, "needy.so", List.of("libweft-nowhere.so.7")));

        UnsatisfiedLinkError missing =
                assertThrows(UnsatisfiedLinkError.class, () -> System.load(needy.toString()));
        assertTrue(missing.getMessage().contains("libweft-nowhere.so.7"), missing.getMessage());

        System.load(
                Files.write(
                                folder.resolve("any-name"),
                                StubLibrary.write(here, "libweft-nowhere.so.7", List.of()))
                        .toString());
        System.load(needy.toString());
    }
}
