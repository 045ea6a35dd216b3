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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/** Browsers that signed in. In memory only: a restart of the registry, with all its hosts, signs everybody out. Bounded. Thread-safe. */
final class Sessions {
    static final Duration IDLE = Duration.ofMinutes(30);
    static final Duration ABSOLUTE = Duration.ofHours(12);
    private static final int MOST = 1000;
    private static final Duration TOLD = Duration.ofMinutes(1);

    /** Hears what becomes of sessions here. */
    interface News {
        /** Nobody hears. */
        News NOBODY =
                new News() {
                    @Override
                    public void opened(Session session) {}

                    @Override
                    public void used(Session session) {}

                    @Override
                    public void closed(String hash) {}
                };

        /** A browser signed in. */
        void opened(Session session);

        /** It was used; told once a minute at most. */
        void used(Session session);

        /** It ended. */
        void closed(String hash);
    }

    private final SecureRandom random = new SecureRandom();
    private final Map<String, Session> byHash = new ConcurrentHashMap<>();
    private final Clock clock;
    private volatile News news = News.NOBODY;

    Sessions(Clock clock) {
        this.clock = clock;
    }

    /** Whom to tell from now on. */
    synchronized void tell(News listener) {
        news = listener;
    }

    /** Whom not to tell any more. */
    synchronized void untell(News listener) {
        if (news == listener) {
            news = News.NOBODY;
        }
    }

    /** Those that live. */
    List<Session> all() {
        return byHash.values().stream().filter(this::alive).toList();
    }

    /** Takes a session over from another host. */
    void adopt(Session session) {
        if (alive(session)) {
            makeRoom();
            byHash.putIfAbsent(session.hash, session);
        }
    }

    /** Another host saw it used. */
    void touched(String hash, Instant when) {
        Session session = byHash.get(hash);
        if (session != null && when.isAfter(session.used)) {
            session.used = when;
        }
    }

    /** It ended at another host. */
    void drop(String hash) {
        byHash.remove(hash);
    }

    private void makeRoom() {
        byHash.values().removeIf(session -> !alive(session));
        if (byHash.size() >= MOST) {
            byHash.values().stream()
                    .min(Comparator.comparing(session -> session.used))
                    .ifPresent(oldest -> byHash.remove(oldest.hash));
        }
    }

    /** Signs in.
     * @param principal who
     * @param keyGood whether the key behind it is still accepted
     * @return the cookie's value, told this once, and the session */
    Opened open(Principal principal, BooleanSupplier keyGood) {
        makeRoom();
        String cookie = secret();
        Instant now = clock.instant();
        Session session = new Session(hash(cookie), principal, secret(), now, now, keyGood);
        byHash.put(session.hash, session);
        news.opened(session);
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
        if (session.told.plus(TOLD).isBefore(session.used)) {
            session.told = session.used;
            news.used(session);
        }
        return true;
    }

    void close(Session session) {
        byHash.remove(session.hash);
        news.closed(session.hash);
    }

    /** Signs a key's holder out of every browser.
     * @param principal who
     * @return how many sessions ended */
    int closeAll(Principal principal) {
        List<Session> ended =
                byHash.values().stream()
                        .filter(session -> session.principal.equals(principal))
                        .toList();
        ended.forEach(this::close);
        return ended.size();
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
        private volatile Instant told;

        Session(
                String hash,
                Principal principal,
                String csrf,
                Instant opened,
                Instant used,
                BooleanSupplier keyGood) {
            this.hash = hash;
            this.principal = principal;
            this.csrf = csrf;
            this.opened = opened;
            this.used = used;
            this.told = used;
            this.keyGood = keyGood;
        }

        /** SHA-256 of the cookie. */
        String hash() {
            return hash;
        }

        Instant opened() {
            return opened;
        }

        Instant used() {
            return used;
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
