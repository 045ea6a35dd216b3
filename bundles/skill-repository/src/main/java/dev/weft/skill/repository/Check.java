package dev.weft.skill.repository;

import dev.weft.protocol.Hidden;
import dev.weft.protocol.Wire;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.regex.Pattern;

/** The rules of fields that several documents share. */
final class Check {
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern PUBLIC_KEY = Pattern.compile("[A-Za-z0-9_-]{43}");
    private static final Pattern FILE =
            Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,199}(/[A-Za-z0-9][A-Za-z0-9._-]{0,199})?");
    private static final Pattern NAME =
            Pattern.compile("[A-Za-z0-9_-]{1,64}(\\.[A-Za-z0-9_-]{1,64}){0,15}");

    /** What each font shows as it likes. */
    private static final Pattern PRIVATE = Pattern.compile("\\p{Co}");

    private static final Pattern VERSION =
            Pattern.compile("\\d{1,9}(\\.\\d{1,9}(\\.\\d{1,9}(\\.[A-Za-z0-9_-]{1,64})?)?)?");

    private Check() {}

    static void version(long version) {
        check(version >= 1, "a version counts from 1");
    }

    static Instant time(String text) {
        try {
            return Instant.parse(String.valueOf(text));
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    Wire.quote(String.valueOf(text)) + " is no time in UTC", e);
        }
    }

    /** 32 bytes, base64url without padding: anything else would be a key that nobody has. */
    static void publicKey(String text) {
        check(
                matches(PUBLIC_KEY, text),
                quoted(text) + " is no Ed25519 public key: 43 characters of base64url");
    }

    static void digest(String text) {
        check(matches(DIGEST, text), "a digest is 64 characters of hex");
    }

    static void length(long length, long most) {
        check(length >= 0 && length <= most, "a length of " + length + " is not 0 to " + most);
    }

    /** A file of a repository: at most one folder deep, nothing that points elsewhere. */
    static void file(String text) {
        check(matches(FILE, text), quoted(text) + " is no file name of a repository");
    }

    /** What people read: nothing that they do not see, or that changes what stands beside it. */
    static void shown(String text, String what) {
        check(
                !Hidden.IN_LINE.matcher(text).find() && !PRIVATE.matcher(text).find(),
                what + " has characters that nobody sees: " + quoted(text));
    }

    static void bundle(String text) {
        check(matches(NAME, text), quoted(text) + " is no symbolic name");
    }

    static void bundleVersion(String text) {
        check(matches(VERSION, text), quoted(text) + " is no version");
    }

    static <T> List<T> list(List<T> list, int most, String what) {
        List<T> known = list == null ? List.of() : List.copyOf(list);
        check(known.size() <= most, "more than " + most + " " + what);
        return known;
    }

    static boolean owns(String namespace, String bundle) {
        return bundle.equals(namespace) || bundle.startsWith(namespace + ".");
    }

    static void check(boolean good, String otherwise) {
        if (!good) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    private static boolean matches(Pattern pattern, String text) {
        return text != null && pattern.matcher(text).matches();
    }

    private static String quoted(String text) {
        return Wire.quote(String.valueOf(text));
    }
}
