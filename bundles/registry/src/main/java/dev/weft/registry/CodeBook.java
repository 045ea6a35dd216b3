package dev.weft.registry;

import dev.weft.protocol.ProtocolException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Predicate;

/**
 * The pairing codes that are good now, and a limit on guessing them; in the database, so that a code made at one host of the
 * registry is good at the others, and guesses are counted in all. Called by one thread at a time.
 */
final class CodeBook {
    private static final long REMEMBERED_MILLIS = Duration.ofHours(1).toMillis();
    private static final long GUESS_MILLIS = Duration.ofMinutes(5).toMillis();
    private static final int MAX_GUESSES = 25;

    /** Codes that can be guessed at once, hence their number is bounded; used and old ones cannot. */
    private static final int MAX_CODES = 1000;

    private final SecureRandom random = new SecureRandom();
    private final RegistryDatabase database;
    private final Duration life;
    private final InstantSource clock;
    private final Predicate<String> bound;

    /** Opens the book.
     * @param database where codes are kept
     * @param life how long a code is good
     * @param clock tells the time
     * @param bound whether a stored request holds a code */
    CodeBook(
            RegistryDatabase database,
            Duration life,
            InstantSource clock,
            Predicate<String> bound) {
        this.database = database;
        this.life = life;
        this.clock = clock;
        this.bound = bound;
    }

    private record Code(long expires, String key) {}

    private Code find(String code) {
        List<Code> found =
                database.query(
                        "SELECT expires_at, public_key FROM registry_codes WHERE code = ?",
                        row -> new Code(row.getLong(1), row.getString(2)),
                        code);
        return found.isEmpty() ? null : found.get(0);
    }

    private int count(String sql, Object... arguments) {
        return database.query(sql, row -> row.getInt(1), arguments).get(0);
    }

    /** Makes a code that no other has. */
    String generate() {
        prune();
        int open =
                count(
                        "SELECT COUNT(*) FROM registry_codes WHERE public_key = '' AND expires_at >= ?",
                        clock.millis());
        if (open >= MAX_CODES) {
            throw new ProtocolException(
                    "too_many_codes",
                    MAX_CODES + " pairing codes wait to be used; try again in a few minutes");
        }
        String code;
        do {
            code = String.format("%06d", random.nextInt(1_000_000));
        } while (find(code) != null || bound.test(code));
        database.update(
                "INSERT INTO registry_codes (code, expires_at, public_key) VALUES (?, ?, '')",
                code,
                clock.millis() + life.toMillis());
        return code;
    }

    /** Binds a code to the key that presents it.
     * @throws ProtocolException if the code is wrong, old or another's, or too many were wrong lately */
    void claim(String code, String key) {
        long now = clock.millis();
        if (count("SELECT COUNT(*) FROM registry_guesses WHERE made_at >= ?", now - GUESS_MILLIS)
                >= MAX_GUESSES) {
            throw new ProtocolException(
                    "too_many_attempts", "too many wrong pairing codes lately; wait five minutes");
        }
        Code known = find(code);
        if (known != null && !known.key().isEmpty() && !known.key().equals(key)
                || known == null && bound.test(code)) {
            throw refuse(
                    "code_used", "this pairing code was used by another host; ask for a new one");
        }
        if (known == null || known.expires() + REMEMBERED_MILLIS < now) {
            throw refuse(
                    "bad_code", "there is no such pairing code; check it, or ask for a new one");
        }
        if (known.expires() < now) {
            throw refuse(
                    "code_expired",
                    "this pairing code is older than "
                            + life.toSeconds()
                            + " seconds; ask for a new one");
        }
        database.update("UPDATE registry_codes SET public_key = ? WHERE code = ?", key, code);
    }

    private ProtocolException refuse(String why, String message) {
        database.update(
                "INSERT INTO registry_guesses (id, made_at) VALUES (?, ?)",
                Secrets.hex(16),
                clock.millis());
        return new ProtocolException(why, message);
    }

    /** Drops what is no longer needed. Codes are remembered for a while after their end, so that it can be named. */
    void prune() {
        long now = clock.millis();
        database.update("DELETE FROM registry_codes WHERE expires_at < ?", now - REMEMBERED_MILLIS);
        database.update("DELETE FROM registry_guesses WHERE made_at < ?", now - GUESS_MILLIS);
    }
}
