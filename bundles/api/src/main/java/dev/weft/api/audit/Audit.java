package dev.weft.api.audit;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** An append-only log in which each record carries the hash of the one before. Thread-safe. */
@ProviderType
public interface Audit {
    /** Appends a record. It is on the disk soon after; if many wait already, the caller waits for the disk.
     * @param entry what happened; never a secret */
    void record(Entry entry);

    /** The newest records, as they are on the disk.
     * @param limit at most so many
     * @return newest first
     * @throws IOException if the log cannot be read */
    List<Record> latest(int limit) throws IOException;

    /** Every record that is kept, as it is written: one JSON document a line.
     * @param sink takes the lines, oldest first
     * @throws IOException if the log cannot be read, or the sink throws it */
    void export(Sink sink) throws IOException;

    /** Checks the whole chain. Reads every file: not for transport threads.
     * @return what was found
     * @throws IOException if the log cannot be read */
    Verification verify() throws IOException;

    /** Takes the lines of an export. */
    @FunctionalInterface
    interface Sink {
        /** Takes one.
         * @param line a JSON document, without line end
         * @throws IOException if it cannot */
        void line(String line) throws IOException;
    }

    /** What happened.
     * @param who subject of the caller: a key's or an agent's id, or an address if nobody was proven
     * @param role its role, "" if it has none
     * @param what {@code area.verb}, e.g. {@code key.create}
     * @param target what it was done to, "" if nothing in particular
     * @param outcome {@code ok}, or a code that says why not
     * @param correlation id of the request, "" if there was none */
    record Entry(
            String who,
            String role,
            String what,
            String target,
            String outcome,
            String correlation) {}

    /** An entry as it is written.
     * @param seq grows by one with each record, from 1
     * @param at when, ISO 8601, UTC
     * @param who see {@link Entry}
     * @param role see {@link Entry}
     * @param what see {@link Entry}
     * @param target see {@link Entry}
     * @param outcome see {@link Entry}
     * @param correlation see {@link Entry}
     * @param prev hash of the record before; 64 zeros in the first
     * @param hash SHA-256, hex, of this record's line without this member */
    record Record(
            long seq,
            String at,
            String who,
            String role,
            String what,
            String target,
            String outcome,
            String correlation,
            String prev,
            String hash) {}

    /** Outcome of a check.
     * @param ok whether the chain is whole
     * @param records how many were read
     * @param first number of the oldest record that is kept; 0 if there is none
     * @param last number of the newest; 0 if there is none
     * @param broken number of the first record that is not as it was written, or is missing; 0 if none
     * @param reason what is wrong with it and where; "" if nothing */
    record Verification(
            boolean ok,
            long records,
            long first,
            long last,
            @JsonProperty("first_broken") long broken,
            String reason) {}
}
