package dev.weft.http.api;

import dev.weft.api.identity.Principal;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/** Browsers that signed in. In memory only: a restart signs everybody out. Bounded. Thread-safe. */
final class Sessions {
    static final Duration IDLE = Duration.ofMinutes(30);
    static final Duration ABSOLUTE = Duration.ofHours(12);
    private static final int MOST = 1000;

    private final SecureRandom random = new SecureRandom();
    private final Map<String, Session> byHash = new ConcurrentHashMap<>();
    private final Clock clock;

    Sessions(Clock clock) {
        this.clock = clock;
    }

    /** Signs in.
     * @param principal who
     * @param keyGood whether the key behind it is still accepted
     * @return the cookie's value, told this once, and the session */
    Opened open(Principal principal, BooleanSupplier keyGood) {
        byHash.values().removeIf(session -> !alive(session));
        if (byHash.size() >= MOST) {
            byHash.values().stream()
                    .min(Comparator.comparing(session -> session.used))
                    .ifPresent(oldest -> byHash.remove(oldest.hash));
        }
        String cookie = secret();
        Session session = new Session(hash(cookie), principal, secret(), clock.instant(), keyGood);
        byHash.put(session.hash, session);
        return new Opened(cookie, session);
    }

    /** Finds a session and counts as use of it.
     * @param cookie what the browser sent
     * @return empty if it is unknown, idle too long, too old, or its key was revoked */
    Optional<Session> find(String cookie) {
        Session session = byHash.get(hash(cookie));
        if (session == null || !touch(session)) {
            return Optional.empty();
        }
        return Optional.of(session);
    }

    /** Counts as use, if the session is alive.
     * @param session a session
     * @return whether it is alive */
    boolean touch(Session session) {
        if (!byHash.containsKey(session.hash) || !alive(session)) {
            byHash.remove(session.hash);
            return false;
        }
        session.used = clock.instant();
        return true;
    }

    void close(Session session) {
        byHash.remove(session.hash);
    }

    /** Signs a key's holder out of every browser.
     * @param principal who
     * @return how many sessions ended */
    int closeAll(Principal principal) {
        int before = byHash.size();
        byHash.values().removeIf(session -> session.principal.equals(principal));
        return Math.max(0, before - byHash.size());
    }

    private boolean alive(Session session) {
        Instant now = clock.instant();
        return now.isBefore(session.opened.plus(ABSOLUTE))
                && now.isBefore(session.used.plus(IDLE))
                && session.keyGood.getAsBoolean();
    }

    private String secret() {
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static String hash(String secret) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(secret.getBytes(java.nio.charset.StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    /** A session just opened.
     * @param cookie the secret
     * @param session the session */
    record Opened(String cookie, Session session) {}

    /** A browser that signed in. */
    static final class Session {
        private final String hash;
        private final Principal principal;
        private final String csrf;
        private final Instant opened;
        private final BooleanSupplier keyGood;
        private volatile Instant used;

        private Session(
                String hash,
                Principal principal,
                String csrf,
                Instant opened,
                BooleanSupplier keyGood) {
            this.hash = hash;
            this.principal = principal;
            this.csrf = csrf;
            this.opened = opened;
            this.used = opened;
            this.keyGood = keyGood;
        }

        Principal principal() {
            return principal;
        }

        /** What a changing request must repeat in {@code X-CSRF-Token}. */
        String csrf() {
            return csrf;
        }
    }
}
