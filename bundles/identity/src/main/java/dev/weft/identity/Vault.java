package dev.weft.identity;

import java.time.Duration;
import java.util.Optional;

/** Where the secrets of a registry are kept: texts with names. Public for DS alone. Thread-safe. */
public interface Vault {
    /** The access keys, hashed. */
    String ACCESS = "access.json";

    /** The secrets that sign tokens. */
    String TOKENS = "token.secret";

    /** A text as it was read.
     * @param content the text
     * @param version differs from that of any other content it had */
    record Text(String content, long version) {}

    /** Reads a text. Blocks.
     * @param name of the text
     * @return empty if there is none
     * @throws IllegalStateException if it cannot be read; the message says what to do */
    Optional<Text> read(String name);

    /** Writes a text, unless it was changed since it was read. Blocks.
     * @param name of the text
     * @param content the new content
     * @param before as it was read, null if there was none
     * @return false if it was changed; nothing is written then
     * @throws IllegalStateException if it cannot be written; the message says what to do */
    boolean write(String name, String content, Text before);

    /** Where a text is, for messages.
     * @param name of the text
     * @return a path, or the like */
    String place(String name);

    /** Tells of changes that others made.
     * @param changed called on a worker
     * @return ends it */
    Runnable watch(Runnable changed);

    /** After this time everybody has read a change.
     * @return zero if nobody else reads */
    Duration settles();
}
