package dev.weft.skill.repository.scan;

import dev.weft.protocol.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Unpacks a jar in the one way that all readers agree on: the entries that the directory lists must be all there is in the file, one behind
 * the other from its first byte on, each with the name, size and checksum that the directory says. So nothing can be shown to one reader
 * and hidden from another. Use once.
 */
final class Archive {
    private static final int MAX_FILE = 64 << 20;
    private static final int MAX_ENTRIES = 4096;
    private static final long MAX_UNPACKED = 128L << 20;
    private static final int MAX_ENTRY = 32 << 20;
    private static final int PADDING_FROM = 1 << 20;
    private static final int PADDING_RATIO = 200;

    private static final int END = 22;
    private static final int DIRECTORY = 46;
    private static final int LOCAL = 30;
    private static final int FILE = 0100000; // kinds of Unix
    private static final int FOLDER = 0040000;
    private static final int MAX_NAME = 512;
    private static final int FLAG_ENCRYPTED = 1;
    private static final int FLAG_DESCRIPTOR = 8;

    private final ByteBuffer file;
    private final Findings findings;
    private final Map<String, byte[]> entries = new LinkedHashMap<>();
    private final Inflater inflater = new Inflater(true);
    private int directoryAt;
    private int next;
    private long total;

    private Archive(byte[] bytes, Findings findings) {
        this.file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        this.findings = findings;
    }

    /** Unpacks into memory.
     * @return content by name, in order
     * @throws NotScanned if it is no zip, or larger than the limits */
    static Map<String, byte[]> read(Path jar, Findings findings) throws NotScanned {
        try {
            if (Files.size(jar) > MAX_FILE) {
                throw new NotScanned("it is larger than " + (MAX_FILE >> 20) + " MiB");
            }
            return read(Files.readAllBytes(jar), findings);
        } catch (IOException e) {
            throw new NotScanned("it cannot be read: " + e.getMessage());
        }
    }

    static Map<String, byte[]> read(byte[] jar, Findings findings) throws NotScanned {
        Archive archive = new Archive(jar, findings);
        try {
            archive.all();
        } catch (IndexOutOfBoundsException | IllegalArgumentException | DataFormatException e) {
            throw new NotScanned("it cannot be unpacked: " + e.getMessage());
        } finally {
            archive.inflater.end();
        }
        return archive.entries;
    }

    private void all() throws NotScanned, DataFormatException {
        int end = end();
        int count = u16(end + 10);
        int at = file.getInt(end + 16);
        if (u16(end + 4) != 0 || u16(end + 8) != count || count == 0xffff || at < 0) {
            throw new NotScanned("it is a zip of several parts, or larger than a skill may be");
        }
        if (count > MAX_ENTRIES) {
            throw new NotScanned("more than " + MAX_ENTRIES + " entries");
        }
        directoryAt = at;
        for (int i = 0; i < count; i++) {
            if (file.getInt(at) != 0x02014b50) {
                throw new NotScanned("it cannot be unpacked: its directory is broken");
            }
            entry(at);
            at += DIRECTORY + u16(at + 28) + u16(at + 30) + u16(at + 32);
        }
        if (next != directoryAt || at != end) {
            findings.high(
                    "hidden-entry",
                    "the jar holds data that its directory does not list: a scanner and a host may see different entries");
        }
    }

    /** Where the end record is: the last bytes of the file. */
    private int end() throws NotScanned {
        int length = file.capacity();
        for (int at = length - END; at >= Math.max(0, length - END - 0xffff); at--) {
            if (file.getInt(at) == 0x06054b50 && at + END + u16(at + 20) <= length) {
                if (at + END != length || file.getInt(0) != 0x04034b50) {
                    findings.high("data-around", "there is data before or behind the zip itself");
                }
                return at;
            }
        }
        throw new NotScanned("it cannot be unpacked: it is no zip");
    }

    private void entry(int at) throws NotScanned, DataFormatException {
        String name = text(at + DIRECTORY, u16(at + 28));
        int local = file.getInt(at + 42);
        int packed = file.getInt(at + 20);
        int size = file.getInt(at + 24);
        int method = u16(at + 10);
        if (file.getInt(local) != 0x04034b50 || packed < 0 || size < 0) {
            throw new NotScanned("it cannot be unpacked: entry " + Wire.quote(name) + " is broken");
        }
        if ((u16(at + 8) & FLAG_ENCRYPTED) != 0 || method != 0 && method != 8) {
            throw new NotScanned("entry " + Wire.quote(name) + " is encrypted or packed oddly");
        }
        if (size > MAX_ENTRY || (total += size) > MAX_UNPACKED) {
            throw new NotScanned(
                    "unpacks to more than "
                            + (MAX_ENTRY >> 20)
                            + " MiB in "
                            + Wire.quote(name)
                            + " or "
                            + (MAX_UNPACKED >> 20)
                            + " MiB in all");
        }
        name(name);
        kind(name, file.getInt(at + 38) >>> 16);
        int start = local + LOCAL + u16(local + 26) + u16(local + 28);
        boolean descriptor = (u16(local + 6) & FLAG_DESCRIPTOR) != 0;
        boolean same =
                local == next
                        && text(local + LOCAL, u16(local + 26)).equals(name)
                        && u16(local + 8) == method
                        && (descriptor
                                || file.getInt(local + 14) == file.getInt(at + 16)
                                        && file.getInt(local + 18) == packed
                                        && file.getInt(local + 22) == size);
        next = start + packed + (descriptor ? descriptor(start + packed) : 0);
        byte[] bytes = method == 0 ? stored(start, packed) : inflated(name, start, packed, size);
        CRC32 crc = new CRC32();
        crc.update(bytes);
        if (bytes.length != size || (int) crc.getValue() != file.getInt(at + 16)) {
            throw new NotScanned(
                    "it cannot be unpacked: entry " + Wire.quote(name) + " is not what it says");
        }
        if (!same) {
            findings.high(
                    "hidden-entry",
                    "entry "
                            + Wire.quote(name)
                            + " is not where or what the directory says: a scanner and a host may see different ones");
        }
        padding(name, size, packed);
        if (entries.put(name, bytes) != null) {
            findings.high(
                    "duplicate-entry",
                    Wire.quote(name)
                            + " is in the jar twice: a scanner and a host may see different ones");
        }
    }

    /** A descriptor may begin with a signature or not. */
    private int descriptor(int at) {
        return file.getInt(at) == 0x08074b50 ? 16 : 12;
    }

    private byte[] stored(int start, int packed) {
        if (packed > file.capacity() - start) {
            throw new IndexOutOfBoundsException("an entry goes beyond the end");
        }
        return Arrays.copyOfRange(file.array(), start, start + packed);
    }

    private byte[] inflated(String name, int start, int packed, int size)
            throws NotScanned, DataFormatException {
        if (packed > file.capacity() - start) {
            throw new IndexOutOfBoundsException("an entry goes beyond the end");
        }
        inflater.reset();
        inflater.setInput(file.array(), start, packed);
        byte[] bytes = new byte[size];
        int length = 0;
        while (length < size && !inflater.finished()) {
            int read = inflater.inflate(bytes, length, size - length);
            if (read == 0 && (inflater.needsInput() || inflater.needsDictionary())) {
                break;
            }
            length += read;
        }
        boolean more = !inflater.finished() && inflater.inflate(new byte[1]) > 0;
        if (more || length < size || !inflater.finished() || inflater.getBytesRead() != packed) {
            throw new NotScanned(
                    "it cannot be unpacked: entry " + Wire.quote(name) + " is not what it says");
        }
        return bytes;
    }

    private void name(String name) {
        String path = name.replace('\\', '/');
        if (path.startsWith("/")
                || path.matches("[A-Za-z]:.*")
                || Arrays.asList(path.split("/")).contains("..")) {
            findings.high("path-outside", Wire.quote(name) + " points outside the jar");
        }
        if (!name.chars().allMatch(c -> c >= ' ' && c < 127)) {
            findings.high(
                    "name-not-plain",
                    Wire.quote(name) + " has characters that are easily taken for others");
        }
        if (name.length() > MAX_NAME) {
            findings.high(
                    "long-name",
                    Wire.quote(name)
                            + " has "
                            + name.length()
                            + " characters: too long to be looked at, or to be unpacked");
        }
        if (name.equalsIgnoreCase("META-INF/INDEX.LIST")) {
            findings.low(
                    "jar-index",
                    name + " tells class loaders of other jars where to look, and is not followed");
        }
        if (name.length() < 100 && name.matches("(?i)meta-inf/[^/]+\\.(sf|rsa|dsa|ec)")) {
            findings.medium(
                    "foreign-signature",
                    name + " is a signature of jarsigner, which nobody checks here");
        }
    }

    /** What Unix would unpack it as.
     * @param mode 0 where another system made the jar */
    private void kind(String name, int mode) {
        int type = mode & 0170000;
        if (type != 0 && type != FILE && type != FOLDER) {
            findings.high(
                    "link-entry",
                    Wire.quote(name)
                            + " is a link or a device: whoever unpacks the jar would follow it");
        }
    }

    private void padding(String name, int size, int packed) {
        if (size >= PADDING_FROM && size / Math.max(1, packed) >= PADDING_RATIO) {
            findings.high(
                    "padding",
                    Wire.quote(name)
                            + " unpacks to "
                            + size / Math.max(1, packed)
                            + " times its size: filled up to get past scanners, or to fill the memory");
        }
    }

    private String text(int at, int length) {
        return new String(file.array(), at, length, StandardCharsets.UTF_8);
    }

    private int u16(int at) {
        return file.getShort(at) & 0xffff;
    }
}
