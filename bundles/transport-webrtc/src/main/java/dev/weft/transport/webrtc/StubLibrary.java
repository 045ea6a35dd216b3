package dev.weft.transport.webrtc;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * Writes shared objects (ELF, System V gABI) without any code: nothing but a name and, if wanted, the names of libraries they need. Layout: ELF
 * header, three program headers, dynamic section, one null symbol, hash table, strings; all in one writable segment, because the dynamic linker
 * relocates the dynamic section in place.
 */
final class StubLibrary {
    /** What the machine's ELF files say of themselves. */
    enum Machine {
        X86_64(true, 62, 0),
        AARCH64(true, 183, 0),
        /** 32-bit ARM, EABI 5, hard float. */
        AARCH32(false, 40, 0x05000400);

        private final boolean wide;
        private final int code;
        private final int flags;

        Machine(boolean wide, int code, int flags) {
            this.wide = wide;
            this.code = code;
            this.flags = flags;
        }

        /** The machine of this JVM.
         * @return null if webrtc-java has no Linux library for it */
        static Machine here() {
            return switch (System.getProperty("os.arch").toLowerCase(Locale.ROOT)) {
                case "amd64", "x86_64", "x86-64" -> X86_64;
                case "aarch64", "arm64" -> AARCH64;
                case "arm", "aarch32" -> AARCH32;
                default -> null;
            };
        }
    }

    private static final int LOAD = 1;
    private static final int DYNAMIC = 2;
    private static final int GNU_STACK = 0x6474e551;
    private static final int READ_WRITE = 6;
    private static final int PROGRAM_HEADERS = 3;

    private final Machine machine;
    private final int word;
    private final int headerSize;
    private final int programHeaderSize;
    private final int symbolSize;

    private StubLibrary(Machine machine) {
        this.machine = machine;
        word = machine.wide ? 8 : 4;
        headerSize = machine.wide ? 64 : 52;
        programHeaderSize = machine.wide ? 56 : 32;
        symbolSize = machine.wide ? 24 : 16;
    }

    /** Makes a library.
     * @param machine for which processor
     * @param soname its name
     * @param needed names of the libraries that the linker must find to load it
     * @return the file's content */
    static byte[] write(Machine machine, String soname, List<String> needed) {
        return new StubLibrary(machine).bytes(soname, needed);
    }

    private byte[] bytes(String soname, List<String> needed) {
        StringBuilder strings = new StringBuilder("\0");
        int[] names = new int[needed.size()];
        for (int i = 0; i < names.length; i++) {
            names[i] = strings.length();
            strings.append(needed.get(i)).append('\0');
        }
        int own = strings.length();
        byte[] text =
                strings.append(soname).append('\0').toString().getBytes(StandardCharsets.US_ASCII);

        int dynamic = headerSize + PROGRAM_HEADERS * programHeaderSize;
        dynamic += -dynamic & (word - 1);
        int dynamicSize = (names.length + 7) * 2 * word;
        int symbols = dynamic + dynamicSize;
        int hash = symbols + symbolSize;
        int stringTable = hash + 5 * 4;
        int size = stringTable + text.length;

        ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        header(out);
        programHeader(out, LOAD, 0, size, 0x10000);
        programHeader(out, DYNAMIC, dynamic, dynamicSize, word);
        programHeader(
                out, GNU_STACK, 0, 0,
                16); // without it the JVM takes the library's stack for executable and refuses
        out.position(dynamic);
        for (int name : names) {
            pair(out, 1, name); // DT_NEEDED
        }
        pair(out, 14, own); // DT_SONAME
        pair(out, 5, stringTable); // DT_STRTAB
        pair(out, 10, text.length); // DT_STRSZ
        pair(out, 6, symbols); // DT_SYMTAB
        pair(out, 11, symbolSize); // DT_SYMENT
        pair(out, 4, hash); // DT_HASH
        pair(out, 0, 0); // DT_NULL
        out.position(hash);
        out.putInt(1).putInt(1); // one bucket, one chain link, both for the null symbol
        out.position(stringTable);
        out.put(text);
        return out.array();
    }

    private void header(ByteBuffer out) {
        out.put(new byte[] {0x7f, 'E', 'L', 'F', (byte) (machine.wide ? 2 : 1), 1, 1, 0})
                .putLong(0);
        out.putShort((short) 3).putShort((short) machine.code).putInt(1); // a shared object
        word(out, 0); // no entry
        word(out, headerSize);
        word(out, 0); // no sections
        out.putInt(machine.flags)
                .putShort((short) headerSize)
                .putShort((short) programHeaderSize)
                .putShort((short) PROGRAM_HEADERS);
        out.putShort((short) (machine.wide ? 64 : 40)).putShort((short) 0).putShort((short) 0);
    }

    private void programHeader(ByteBuffer out, int type, int offset, int size, int align) {
        out.putInt(type);
        if (machine.wide) {
            out.putInt(READ_WRITE);
        }
        word(out, offset);
        word(out, offset);
        word(out, offset);
        word(out, size);
        word(out, size);
        if (!machine.wide) {
            out.putInt(READ_WRITE);
        }
        word(out, align);
    }

    private void pair(ByteBuffer out, int tag, int value) {
        word(out, tag);
        word(out, value);
    }

    private void word(ByteBuffer out, int value) {
        if (machine.wide) {
            out.putLong(value);
        } else {
            out.putInt(value);
        }
    }
}
