package dev.weft.http.api;

import dev.weft.api.cluster.Cluster;
import dev.weft.api.cluster.ClusterListener;
import dev.weft.api.identity.AccessKeys;
import dev.weft.api.identity.Principal;
import dev.weft.api.identity.Role;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a browser that signed in at one host of a registry signed in at the others. Told are hashes of cookies, never cookies. A
 * session made with a host's own local key stays there, as that key does.
 */
final class SharedSessions implements Sessions.News, ClusterListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SharedSessions.class);
    private static final String TOPIC = "http.session";
    private final Sessions sessions;
    private final AccessKeys keys;
    private final Clock clock;
    private final Cluster cluster;
    private final Cluster.Subscription subscription;

    SharedSessions(Sessions sessions, AccessKeys keys, Clock clock, Cluster cluster) {
        this.sessions = sessions;
        this.keys = keys;
        this.clock = clock;
        this.cluster = cluster;
        this.subscription = cluster.subscribe(TOPIC, this);
        sessions.tell(this);
    }

    @Override
    public void close() {
        sessions.untell(this);
        subscription.close();
    }

    private boolean isCurrent(String key) {
        Instant now = clock.instant();
        return keys.list().stream().anyMatch(one -> one.id().equals(key) && one.isCurrent(now));
    }

    private static String open(Sessions.Session session) {
        return String.join(
                " ",
                "open",
                session.hash(),
                session.csrf(),
                session.principal().subject(),
                session.principal().role().wireName(),
                session.opened().toString(),
                session.used().toString());
    }

    @Override
    public void opened(Sessions.Session session) {
        if (!cluster.others().isEmpty() && isCurrent(session.principal().subject())) {
            cluster.publish(TOPIC, open(session));
        }
    }

    @Override
    public void used(Sessions.Session session) {
        cluster.publish(TOPIC, "used " + session.hash() + " " + session.used());
    }

    @Override
    public void closed(String hash) {
        cluster.publish(TOPIC, "closed " + hash);
    }

    @Override
    public void joined(String host) {
        sessions.all().stream()
                .filter(session -> isCurrent(session.principal().subject()))
                .forEach(session -> cluster.send(host, TOPIC, open(session)));
    }

    @Override
    public void received(String from, String text) {
        String[] words = text.split(" ");
        try {
            switch (words[0]) {
                case "open" ->
                        sessions.adopt(
                                new Sessions.Session(
                                        words[1],
                                        new Principal(words[3], Role.of(words[4])),
                                        words[2],
                                        Instant.parse(words[5]),
                                        Instant.parse(words[6]),
                                        () -> isCurrent(words[3])));
                case "used" -> sessions.touched(words[1], Instant.parse(words[2]));
                case "closed" -> sessions.drop(words[1]);
                default -> LOG.debug("ignored unknown news of sessions from host {}", from);
            }
        } catch (IndexOutOfBoundsException | IllegalArgumentException | DateTimeException e) {
            LOG.warn("news of sessions from host {} cannot be read: {}", from, e.getMessage());
        }
    }
}
