package dev.weft.mesh;

import dev.weft.api.mesh.Link;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.MeshMessage;
import dev.weft.protocol.Wire;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Greets on new links, measures the round trip on all of them, and closes those that nobody needs. */
final class LinkCare {
    private static final Logger LOG = LoggerFactory.getLogger(LinkCare.class);
    private static final long ROUND_SECONDS = 15;
    private static final long REPLACED_SECONDS = 10;

    /** What waited for the link, and its answer, go first. */
    private static final long FIRST_PING_MILLIS = 100;

    private static final long SECOND_PING_MILLIS = 1_000;
    private static final long FAREWELL_MILLIS = 500;
    private final Links links;
    private final Post post;
    private final PeerNews news;
    private final Redial redial;
    private final SpareLinks spare;
    private final Sessions sessions;
    private final ScheduledExecutorService timer;
    private final Executor executor;
    private Future<?> rounds;

    LinkCare(
            Links links,
            Post post,
            PeerNews news,
            DialPolicy policy,
            Redial redial,
            Predicate<AgentId> busy,
            Sessions sessions,
            ScheduledExecutorService timer,
            Executor executor) {
        this.links = links;
        this.post = post;
        this.news = news;
        this.redial = redial;
        this.spare = new SpareLinks(links, policy, redial, busy, this::release);
        this.sessions = sessions;
        this.timer = timer;
        this.executor = executor;
    }

    void start() {
        rounds =
                timer.scheduleWithFixedDelay(
                        () -> handOver(this::round),
                        ROUND_SECONDS,
                        ROUND_SECONDS,
                        TimeUnit.SECONDS);
    }

    void stop() {
        rounds.cancel(false);
    }

    /** Closes all links to a peer. */
    void cut(AgentId peer, String reason) {
        Runnable cutting = () -> links.of(peer).forEach(wired -> wired.link.close(reason));
        try {
            executor.execute(cutting);
        } catch (RejectedExecutionException full) {
            cutting.run(); // whoever was shut out must not stay because this host is busy
        }
    }

    private void handOver(Runnable work) {
        try {
            executor.execute(work);
        } catch (RejectedExecutionException full) {
            LOG.debug("no look at the links this time: {}", full.getMessage());
        }
    }

    /** A link is up. */
    void opened(Link link) {
        Links.Wired wired = sessions.of(link.peer()).greetFirst(link);
        links.of(link.peer()).stream()
                .filter(other -> other.link != link && other.link.path() == link.path())
                .forEach(other -> retire(other.link));
        LOG.debug("link to {} up: {}", link.peer(), link.path().wireName());
        sessions.of(link.peer()).opened();
        // the first round trip pays for cold code at both ends: measure again before a whole round
        // has passed
        pingAfter(FIRST_PING_MILLIS, wired);
        pingAfter(SECOND_PING_MILLIS, wired);
        news.look(link.peer());
        if (wired.isDirect()) {
            handOver(() -> spare.closeSurplus(link));
        }
    }

    /** An old link gets time for the answers that are on their way over it. */
    private void retire(Link link) {
        timer.schedule(
                () -> handOver(() -> link.close("replaced by a newer link")),
                REPLACED_SECONDS,
                TimeUnit.SECONDS);
    }

    /** Closes a link that still works: the peer hears why, so that it does not call back at once. */
    private void release(Link link, String reason) {
        post.tell(
                link,
                post.message(
                        MeshMessage.BYE, "", link.peer(), Wire.object().put("reason", reason)));
        timer.schedule(
                () -> handOver(() -> link.close(reason)), FAREWELL_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** The peer is about to close its link on purpose. */
    void bye(AgentId peer) {
        redial.declined(peer);
    }

    private void pingAfter(long millis, Links.Wired wired) {
        timer.schedule(() -> handOver(() -> ping(wired)), millis, TimeUnit.MILLISECONDS);
    }

    private void ping(Links.Wired wired) {
        wired.pingId = Pending.newId();
        wired.pingedAt = System.nanoTime();
        post.tell(
                wired.link,
                post.message(
                        MeshMessage.PING,
                        wired.pingId,
                        wired.link.peer(),
                        Wire.object().put("t", System.currentTimeMillis())));
    }

    /** A pong arrived.
     * @return false if no ping of here asked for it */
    boolean ponged(AgentId peer, String requestId) {
        for (Links.Wired wired : links.of(peer)) {
            if (!requestId.isEmpty() && requestId.equals(wired.pingId)) {
                wired.pingId = "";
                wired.rttMillis = Math.round((System.nanoTime() - wired.pingedAt) / 1e3) / 1e3;
                news.look(peer);
                return true;
            }
        }
        return false;
    }

    private void round() {
        spare.closeIdle();
        sessions.forget();
        links.all().forEach(this::ping);
    }
}
