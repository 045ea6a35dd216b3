package dev.weft.identity;

import dev.weft.api.identity.SecretFile;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/**
 * {@code keys/token.secret}: the secrets that tokens are signed with, newest first, a line each: {@code KID SECRET SINCE}. A line
 * with the secret alone is what earlier versions wrote. A secret that is no longer the newest is kept for as long as its tokens live.
 */
final class SigningSecrets {
    private static final int BYTES = 32;

    /** One secret.
     * @param kid its name in tokens
     * @param bytes 256 bits
     * @param since when it became the newest */
    record One(String kid, byte[] bytes, Instant since) {}

    private final Path file;
    private final Duration overlap;

    SigningSecrets(Path file, Duration overlap) {
        this.file = file;
        this.overlap = overlap;
    }

    List<One> read(Instant now) {
        try {
            if (!Files.exists(file)) {
                create(text(List.of(fresh(now))));
            }
            List<One> all = new ArrayList<>();
            for (String line : Files.readAllLines(file)) {
                if (!line.isBlank()) {
                    all.add(parse(line.strip().split(" "), now));
                }
            }
            if (!all.isEmpty()) {
                return List.copyOf(all);
            }
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new IllegalStateException(damaged(), e);
        } catch (java.nio.charset.CharacterCodingException e) {
            throw new IllegalStateException(damaged(), e);
        } catch (IOException e) {
            throw DataFolder.unusable(file, e);
        }
        throw new IllegalStateException(damaged());
    }

    /** Puts a new secret in front and drops those whose last token has expired. */
    List<One> rotate(List<One> present, Instant now) {
        List<One> next = new ArrayList<>(List.of(fresh(now)));
        Instant superseded = now;
        for (One one : present) {
            if (superseded.plus(overlap).isAfter(now)) {
                next.add(one);
            }
            superseded = one.since();
        }
        try {
            SecretFile.replace(file, text(next));
        } catch (IOException e) {
            throw DataFolder.unusable(file, e);
        }
        return List.copyOf(next);
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

    private void create(String text) throws IOException {
        try {
            SecretFile.create(file, text);
        } catch (FileAlreadyExistsException raced) {
            // made in between by the same owner: as good as ours
        }
    }

    private String damaged() {
        return file
                + " is damaged; remove it: a new one is made at the next start, and callers must sign in again";
    }
}
