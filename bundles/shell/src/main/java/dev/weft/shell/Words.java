package dev.weft.shell;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.stream.Stream;

/** What commands say in the same words. */
final class Words {
    private Words() {}

    static String missing(String what) {
        return what + " is not running on this host; weft:why BUNDLE and /api/health say why";
    }

    static String[] all(String first, String... rest) {
        return Stream.concat(Stream.of(first), Arrays.stream(rest)).toArray(String[]::new);
    }

    static String bytes(long count) {
        return count < 10_000
                ? count + " B"
                : count < 10_000_000 ? count / 1000 + " kB" : count / 1_000_000 + " MB";
    }

    static String age(Instant since) {
        long seconds = Math.max(0, Duration.between(since, Instant.now()).toSeconds());
        return seconds < 120
                ? seconds + " s"
                : seconds < 7200
                        ? seconds / 60 + " min"
                        : seconds < 172_800 ? seconds / 3600 + " h" : seconds / 86_400 + " d";
    }
}
