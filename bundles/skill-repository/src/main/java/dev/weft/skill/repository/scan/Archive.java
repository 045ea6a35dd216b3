package dev.weft.skill.repository.scan;

import dev.weft.protocol.Wire;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;

/** The entries of a jar, as its directory lists them and as they lie in the file: both must be the same. */
final class Archive {
    private static final int MAX_ENTRIES = 4096;
    private static final long MAX_UNPACKED = 128L << 20;
    private static final int MAX_ENTRY = 32 << 20;
    private static final int PADDING_FROM = 1 << 20;
    private static final int PADDING_RATIO = 200;

    private Archive() {}

    /** Unpacks into memory.
     * @return content by name, in order
     * @throws NotScanned if it is no zip, or larger than the limits */
    static Map<String, byte[]> read(Path jar, Findings findings) throws NotScanned {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        long total = 0;
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            List<? extends ZipEntry> listed = zip.stream().limit(MAX_ENTRIES + 1L).toList();
            if (listed.size() > MAX_ENTRIES) {
                throw new NotScanned("more than " + MAX_ENTRIES + " entries");
            }
            for (ZipEntry entry : listed) {
                name(entry.getName(), findings);
                byte[] bytes;
                try (InputStream in = zip.getInputStream(entry)) {
                    bytes = in.readNBytes(MAX_ENTRY + 1);
                }
                total += bytes.length;
                if (bytes.length > MAX_ENTRY || total > MAX_UNPACKED) {
                    throw new NotScanned(
                            "unpacks to more than "
                                    + (MAX_ENTRY >> 20)
                                    + " MiB in "
                                    + Wire.quote(entry.getName())
                                    + " or "
                                    + (MAX_UNPACKED >> 20)
                                    + " MiB in all");
                }
                if (entries.put(entry.getName(), bytes) != null) {
                    findings.high(
                            "duplicate-entry",
                            Wire.quote(entry.getName())
                                    + " is in the jar twice: a scanner and a host may see different ones");
                }
                padding(entry, bytes, findings);
            }
            lying(jar, listed, findings);
            around(jar, findings);
        } catch (IOException | IllegalArgumentException e) {
            throw new NotScanned("it cannot be unpacked: " + e.getMessage());
        }
        return entries;
    }

    private static void name(String name, Findings findings) {
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
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.matches("meta-inf/[^/]+\\.(sf|rsa|dsa|ec)")) {
            findings.medium(
                    "foreign-signature",
                    name + " is a signature of jarsigner, which nobody checks here");
        }
    }

    private static void padding(ZipEntry entry, byte[] bytes, Findings findings) {
        long packed = Math.max(1, entry.getCompressedSize());
        if (bytes.length >= PADDING_FROM && bytes.length / packed >= PADDING_RATIO) {
            findings.high(
                    "padding",
                    Wire.quote(entry.getName())
                            + " unpacks to "
                            + bytes.length / packed
                            + " times its size: filled up to get past scanners, or to fill the memory");
        }
    }

    /** What a reader that streams would see. */
    private static void lying(Path jar, List<? extends ZipEntry> listed, Findings findings)
            throws IOException {
        List<String> streamed = new ArrayList<>();
        try (ZipInputStream in = new ZipInputStream(Files.newInputStream(jar))) {
            for (ZipEntry e = in.getNextEntry();
                    e != null && streamed.size() <= MAX_ENTRIES;
                    e = in.getNextEntry()) {
                streamed.add(e.getName());
            }
        }
        Set<String> hidden = new HashSet<>(streamed);
        listed.forEach(e -> hidden.remove(e.getName()));
        if (!hidden.isEmpty() || streamed.size() != listed.size()) {
            findings.high(
                    "hidden-entry",
                    "the jar holds entries that its directory does not list, or the other way round "
                            + hidden.stream().sorted().limit(3).map(Wire::quote).toList());
        }
    }

    private static void around(Path jar, Findings findings) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(jar.toFile(), "r")) {
            byte[] start = new byte[4];
            file.readFully(start);
            byte[] end = new byte[22];
            file.seek(Math.max(0, file.length() - 22));
            file.readFully(end);
            if (!Kind.zip(start) || end[0] != 'P' || end[1] != 'K' || end[2] != 5 || end[3] != 6) {
                findings.high("data-around", "there is data before or behind the zip itself");
            }
        }
    }
}
