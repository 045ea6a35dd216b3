package dev.weft.registry;

import dev.weft.protocol.ProtocolException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/** The pairing codes that are good now, and a limit on guessing them. Not thread-safe. */
final class CodeBook {
    private static final Duration REMEMBERED = Duration.ofHours(1);
    private static final Duration GUESS_WINDOW = Duration.ofMinutes(5);
    private static final int MAX_GUESSES = 25;
    private static final int MAX_CODES = 1000;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, Code> codes = new HashMap<>();
    private final Deque<Instant> wrong = new ArrayDeque<>();
    private final Duration life;
    private final InstantSource clock;
    private final Predicate<String> bound;

    /** Starts empty.
     * @param life how long a code is good
     * @param clock tells the time
     * @param bound whether a stored request holds a code */
    CodeBook(Duration life, InstantSource clock, Predicate<String> bound) {
        this.life = life;
        this.clock = clock;
        this.bound = bound;
    }

    private record Code(Instant expires, String key) {}

    /** Makes a code that no other has. */
    String generate() {
        prune();
        if (codes.size() >= MAX_CODES) {
            throw new ProtocolException(
                    "too_many_codes",
                    "there are " + MAX_CODES + " pairing codes of the last hour; try again later");
        }
        String code;
        do {
            code = String.format("%06d", random.nextInt(1_000_000));
        } while (codes.containsKey(code) || bound.test(code));
        codes.put(code, new Code(clock.instant().plus(life), null));
        return code;
    }

    /** Binds a code to the key that presents it.
     * @throws ProtocolException if the code is wrong, old or another's, or too many were wrong lately */
    void claim(String code, String key) {
        prune();
        if (wrong.size() >= MAX_GUESSES) {
            throw new ProtocolException(
                    "too_many_attempts", "too many wrong pairing codes lately; wait five minutes");
        }
        Code known = codes.get(code);
        if (known != null && known.key() != null && !known.key().equals(key)
                || known == null && bound.test(code)) {
            throw refuse(
                    "code_used", "this pairing code was used by another host; ask for a new one");
        }
        if (known == null) {
            throw refuse(
                    "bad_code", "there is no such pairing code; check it, or ask for a new one");
        }
        if (known.expires().isBefore(clock.instant())) {
            throw refuse(
                    "code_expired",
                    "this pairing code is older than "
                            + life.toSeconds()
                            + " seconds; ask for a new one");
        }
        codes.put(code, new Code(known.expires(), key));
    }

    private ProtocolException refuse(String why, String message) {
        wrong.add(clock.instant());
        return new ProtocolException(why, message);
    }

    /** Drops what is no longer needed. Codes are remembered for a while after their end, so that it can be named. */
    void prune() {
        Instant now = clock.instant();
        codes.values().removeIf(code -> code.expires().plus(REMEMBERED).isBefore(now));
        while (!wrong.isEmpty() && wrong.peek().plus(GUESS_WINDOW).isBefore(now)) {
            wrong.remove();
        }
    }
}
