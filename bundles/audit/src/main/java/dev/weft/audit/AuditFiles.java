package dev.weft.audit;

import dev.weft.api.audit.Audit.Record;
import dev.weft.api.identity.SecretFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The files: {@code audit.log} is written, full ones become {@code audit-N.log} (N: their first record, twelve digits), the oldest go. {@code head}
 * says what the newest record was, so that a log that was cut off at its end is noticed. Used by one thread at a time.
 */
final class AuditFiles {
    private final Path folder;
    private final Path current;
    private final Path head;
    private final long limit;
    private final int keep;
    private long seq;
    private String hash = Chain.START;
    private long firstOfCurrent = 1;
    private String repaired = "";

    AuditFiles(Path folder, long limit, int keep) throws IOException {
        this.folder = folder;
        this.current = folder.resolve("audit.log");
        this.head = folder.resolve("head");
        this.limit = limit;
        this.keep = keep;
        if (!Files.exists(current)) {
            SecretFile.create(current, "");
        }
        cutTornLine();
        resume();
    }

    /** A process that was killed while it wrote leaves part of a line; nobody was told that it is written. */
    private void cutTornLine() throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(current.toFile(), "rw")) {
            long end = file.length();
            long cut = end;
            while (cut > 0) {
                file.seek(cut - 1);
                if (file.read() == '\n') {
                    break;
                }
                cut--;
            }
            if (cut < end) {
                file.setLength(cut);
                repaired = end - cut + " bytes of an unfinished record were cut off";
            }
        }
    }

    private void resume() throws IOException {
        Record last = null;
        boolean damaged = false;
        for (Path file : all()) {
            Record first = null;
            try (BufferedReader lines = Files.newBufferedReader(file)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    Optional<Record> read = Chain.read(line);
                    damaged = read.isEmpty();
                    last = read.orElse(last);
                    first = first == null ? last : first;
                }
            } catch (java.nio.charset.CharacterCodingException e) {
                damaged = true;
            }
            if (first != null && file.equals(current)) {
                firstOfCurrent = first.seq();
            }
        }
        Optional<Head> told = readHead();
        seq = Math.max(last == null ? 0 : last.seq(), told.map(Head::seq).orElse(0L));
        hash = last == null || seq > last.seq() ? told.map(Head::hash).orElse(hash) : last.hash();
        if (damaged) {
            repaired = "the newest record is damaged";
        }
        if (Files.size(current) == 0) {
            firstOfCurrent = seq + 1;
        }
    }

    /** What was amiss when the log was opened; "" if nothing. */
    String repaired() {
        return repaired;
    }

    long seq() {
        return seq;
    }

    String hash() {
        return hash;
    }

    /** Writes lines to the disk, and waits until they are there.
     * @param lines with line ends
     * @param newSeq number of the last
     * @param newHash hash of the last */
    void append(String lines, long newSeq, String newHash) throws IOException {
        if (Files.size(current) >= limit) {
            rotate();
        }
        try (FileChannel channel =
                FileChannel.open(current, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
            long before = channel.size();
            ByteBuffer bytes = ByteBuffer.wrap(lines.getBytes(StandardCharsets.UTF_8));
            try {
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(false);
            } catch (IOException full) {
                channel.truncate(before); // or the next try would follow half a line
                throw full;
            }
        }
        seq = newSeq;
        hash = newHash;
        SecretFile.replace(head, seq + " " + hash + "\n");
    }

    private void rotate() throws IOException {
        Files.move(
                current,
                folder.resolve(String.format(Locale.ROOT, "audit-%012d.log", firstOfCurrent)));
        SecretFile.create(current, "");
        firstOfCurrent = seq + 1;
        List<Path> files = all();
        for (int i = 0; i < files.size() - keep; i++) {
            Files.delete(files.get(i));
        }
    }

    /** Every file, oldest first. */
    List<Path> all() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> found =
                    new ArrayList<>(
                            files.filter(
                                            file ->
                                                    file.getFileName()
                                                            .toString()
                                                            .matches("audit-[0-9]{12}\\.log"))
                                    .sorted()
                                    .toList());
            if (Files.exists(current)) {
                found.add(current);
            }
            return found;
        }
    }

    int keep() {
        return keep;
    }

    Optional<Head> readHead() throws IOException {
        if (!Files.exists(head)) {
            return Optional.empty();
        }
        String[] fields = Files.readString(head).strip().split(" ");
        return fields.length == 2 && fields[0].matches("[0-9]{1,18}")
                ? Optional.of(new Head(Long.parseLong(fields[0]), fields[1]))
                : Optional.empty();
    }

    /** The newest record that was written.
     * @param seq its number
     * @param hash its hash */
    record Head(long seq, String hash) {}
}
