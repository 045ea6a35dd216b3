package dev.weft.identity;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The text {@code token.secret} of the vault: the secrets that tokens are signed with, newest first, a line each: {@code KID SECRET SINCE}. A line
 * with the secret alone is what earlier versions wrote. A secret that is no longer the newest is kept for as long as its tokens live.
 */
final class SigningSecrets {
    private static final int BYTES = 32;

    /** One secret.
     * @param kid its name in tokens
     * @param bytes 256 bits
     * @param since when it became the newest */
    record One(String kid, byte[] bytes, Instant since) {}

    private final Vault vault;
    private final Duration overlap;

    SigningSecrets(Vault vault, Duration overlap) {
        this.vault = vault;
        this.overlap = overlap;
    }

    /** Reads the secrets, or makes the first. */
    List<One> read(Instant now) {
        return parse(stored(now).content(), now);
    }

    private Vault.Text stored(Instant now) {
        Optional<Vault.Text> stored = vault.read(Vault.TOKENS);
        if (stored.isEmpty()) {
            vault.write(Vault.TOKENS, text(List.of(fresh(now))), null); // or another host did
            stored = vault.read(Vault.TOKENS);
        }
        return stored.orElseThrow(() -> new IllegalStateException(damaged()));
    }

    private List<One> parse(String text, Instant now) {
        try {
            List<One> all = new ArrayList<>();
            text.lines()
                    .filter(line -> !line.isBlank())
                    .forEach(line -> all.add(parse(line.strip().split(" "), now)));
            if (!all.isEmpty()) {
                return List.copyOf(all);
            }
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new IllegalStateException(damaged(), e);
        }
        throw new IllegalStateException(damaged());
    }

    /** Puts a new secret in front and drops those whose last token has expired. It signs once everybody who checks tokens knows it.
     * @param old do so only if this one is still the newest; null to do so in any case
     * @return the secrets as they are then */
    List<One> rotate(One old, Instant now) {
        while (true) {
            Vault.Text stored = stored(now);
            List<One> present = parse(stored.content(), now);
            if (old != null && !present.get(0).kid().equals(old.kid())) {
                return present; // another thread or host did it just now
            }
            One fresh = fresh(now.plus(vault.settles()));
            List<One> next = new ArrayList<>(List.of(fresh));
            Instant superseded = fresh.since();
            for (One one : present) {
                if (superseded.plus(overlap).isAfter(now)) {
                    next.add(one);
                }
                superseded = one.since();
            }
            if (vault.write(Vault.TOKENS, text(next), stored)) {
                return List.copyOf(next);
            }
        }
    }

    private static One fresh(Instant now) {
        return new One(
                HexFormat.of().formatHex(Secret.bytes(4)),
                Secret.bytes(BYTES),
                Instant.ofEpochSecond(now.getEpochSecond()));
    }

    private static One parse(String[] fields, Instant now) {
        byte[] bytes = Base64.getDecoder().decode(fields[fields.length == 1 ? 0 : 1]);
        if (bytes.length != BYTES || fields.length != 1 && fields.length != 3) {
            throw new IllegalArgumentException("a line has another shape");
        }
        return fields.length == 1
                ? new One("0", bytes, Instant.ofEpochSecond(now.getEpochSecond()))
                : new One(fields[0], bytes, Instant.parse(fields[2]));
    }

    private static String text(List<One> all) {
        StringBuilder text = new StringBuilder();
        all.forEach(
                one ->
                        text.append(one.kid())
                                .append(' ')
                                .append(Base64.getEncoder().encodeToString(one.bytes()))
                                .append(' ')
                                .append(one.since())
                                .append('\n'));
        return text.toString();
    }

    private String damaged() {
        return vault.place(Vault.TOKENS)
                + " is damaged; remove it: a new one is made at the next start, and callers must sign in again";
    }
}
