package dev.weft.audit;

import dev.weft.api.audit.Audit.Record;
import dev.weft.api.audit.Audit.Verification;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Follows the chain from its oldest record to its newest, and stops where it breaks. */
final class Check {
    private final AuditFiles files;
    private long records;
    private long first;
    private long last;
    private String prev;
    private String headHash = "";
    private Verification broken;

    Check(AuditFiles files) {
        this.files = files;
    }

    Verification run() throws IOException {
        List<Path> all = files.all();
        Optional<AuditFiles.Head> head = files.readHead();
        for (Path file : all) {
            try (BufferedReader lines = Files.newBufferedReader(file)) {
                int number = 0;
                for (String line = lines.readLine();
                        line != null && broken == null;
                        line = lines.readLine()) {
                    number++;
                    follow(line, file.getFileName() + ", line " + number, all.size(), head);
                }
            } catch (CharacterCodingException e) {
                breaks(last + 1, file.getFileName() + " is no text");
            }
            if (broken != null) {
                return broken;
            }
        }
        if (head.isPresent() && head.get().seq() > last) {
            breaks(
                    last + 1,
                    "the log ends at record "
                            + last
                            + ", but "
                            + head.get().seq()
                            + " were written");
        } else if (head.isPresent() && !head.get().hash().equals(headHash)) {
            breaks(head.get().seq(), "the newest record is not the one that was written last");
        } else if (head.isEmpty() && last > 0) {
            breaks(last, "the file \"head\", which tells the newest record, is missing");
        }
        return broken == null ? new Verification(true, records, first, last, 0, "") : broken;
    }

    private void follow(String line, String where, int count, Optional<AuditFiles.Head> head) {
        Optional<Record> read = Chain.read(line);
        if (read.isEmpty()) {
            breaks(last + 1, where + ": the record was changed");
            return;
        }
        Record record = read.get();
        if (prev == null) {
            if (record.seq() != 1 && count < files.keep()
                    || record.seq() == 1 && !record.prev().equals(Chain.START)) {
                breaks(1, where + ": the records before " + record.seq() + " are missing");
                return;
            }
            first = record.seq();
        } else if (record.seq() != last + 1 || !record.prev().equals(prev)) {
            breaks(
                    last + 1,
                    where
                            + ": record "
                            + record.seq()
                            + " does not follow record "
                            + last
                            + ": one was removed, inserted or replaced");
            return;
        }
        records++;
        last = record.seq();
        prev = record.hash();
        if (head.isPresent() && head.get().seq() == last) {
            headHash = prev;
        }
    }

    private void breaks(long seq, String reason) {
        broken = new Verification(false, records, first, last, seq, reason);
    }
}
