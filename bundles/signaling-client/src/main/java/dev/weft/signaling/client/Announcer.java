package dev.weft.signaling.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.mesh.CardSource;
import dev.weft.api.registry.Inbox;
import dev.weft.protocol.AgentCard;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.SkillCard;
import dev.weft.protocol.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the registry's copy of this host's card current: posts it when it changes, and beats the heart. One post at a time,
 * so that an older card never arrives after a newer one. */
final class Announcer {
    private static final Logger LOG = LoggerFactory.getLogger(Announcer.class);
    private static final long COALESCE_MILLIS = 15;
    private static final long RETRY_MILLIS = 2_000;
    private static final long REFUSED_MILLIS = 60_000;
    private static final int MOST_TASKS = 1_000;
    private static final Set<String> TASK_MEMBERS =
            Set.of(
                    "id",
                    "skill",
                    "target_agent_id",
                    "source_agent_id",
                    "assigned_agent_id",
                    "payload",
                    "state",
                    "result",
                    "error",
                    "created_at",
                    "updated_at",
                    "ttl",
                    "traceparent",
                    "request_id");

    private final RegistryApi api;
    private final CardSource cards;
    private final ScheduledExecutorService timer;
    private final Executor executor;
    private final Consumer<List<Inbox.Entry>> inbox;
    private final Consumer<String> trouble;
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final AtomicBoolean posting = new AtomicBoolean();
    private final AtomicBoolean beating = new AtomicBoolean();
    private volatile boolean again;
    private volatile boolean beatAgain;
    private volatile boolean connected;
    private volatile AgentCard posted;

    /** Starts disconnected.
     * @param inbox gets the tasks that a heartbeat brings
     * @param trouble hears why the registry does not take the card; "" when it does again */
    Announcer(
            RegistryApi api,
            CardSource cards,
            ScheduledExecutorService timer,
            Executor executor,
            Consumer<List<Inbox.Entry>> inbox,
            Consumer<String> trouble) {
        this.api = api;
        this.cards = cards;
        this.timer = timer;
        this.executor = executor;
        this.inbox = inbox;
        this.trouble = trouble;
    }

    /** The registry is there (again): it gets the card at once. */
    void connected() {
        posted = null;
        connected = true;
        executor.execute(this::post);
    }

    /** The registry is away: nothing is sent. */
    void disconnected() {
        connected = false;
    }

    /** The card may have changed. */
    void changed() {
        later(COALESCE_MILLIS);
    }

    private void later(long millis) {
        if (connected && scheduled.compareAndSet(false, true)) {
            timer.schedule(
                    () -> {
                        scheduled.set(false);
                        executor.execute(this::post);
                    },
                    millis,
                    TimeUnit.MILLISECONDS);
        }
    }

    private void post() {
        if (!connected) {
            return;
        }
        again = true; // before the look at posting, or the end of that post could miss it
        if (!posting.compareAndSet(false, true)) {
            return;
        }
        again = false;
        AgentCard card;
        CompletableFuture<JsonNode> answer;
        try {
            card = cards.card();
            answer = api.call("POST", "/api/registry/agents", Wire.node(card));
        } catch (RuntimeException e) {
            posting.set(false);
            throw e;
        }
        answer.whenComplete(
                (body, e) -> {
                    posting.set(false);
                    if (e == null) {
                        posted = card;
                        trouble.accept("");
                    } else {
                        failed(e);
                    }
                    if (again) {
                        changed();
                    }
                });
    }

    private void failed(Throwable e) {
        RefusedException refused = Failure.refusal(e);
        boolean hopeless = refused != null && refused.isFinal();
        if (hopeless) {
            LOG.warn("the registry does not take this host's card: {}", Failure.words(e));
            trouble.accept("the registry does not take this host's card: " + Failure.words(e));
        } else if (connected) {
            LOG.debug("card not posted, trying again: {}", Failure.words(e));
        }
        later(hopeless ? REFUSED_MILLIS : RETRY_MILLIS);
    }

    /**
     * Beats; if the last beat is still on its way, once more after it: it may have left before what is new. Posts the
     * card first if it is not what was posted last.
     */
    void beat() {
        if (!connected) {
            return;
        }
        beatAgain = true;
        if (!beating.compareAndSet(false, true)) {
            return;
        }
        beatAgain = false;
        CompletableFuture<JsonNode> answer;
        try {
            AgentCard card = cards.card();
            AgentCard last = posted;
            if (last != null && !last.skills().equals(card.skills())) {
                changed();
            }
            answer = api.call("POST", "/api/hub/heartbeat", heartbeat(card));
        } catch (RuntimeException e) {
            beating.set(false);
            throw e;
        }
        answer.whenComplete(
                (body, e) -> {
                    beating.set(false);
                    if (e != null) {
                        LOG.debug("heartbeat failed: {}", Failure.words(e));
                    } else {
                        take(body.path("pending_tasks"));
                    }
                    if (beatAgain) {
                        executor.execute(this::beat);
                    }
                });
    }

    private static ObjectNode heartbeat(AgentCard card) {
        ObjectNode beat =
                Wire.object()
                        .put("agent_id", card.agentId().value())
                        .put("hostname", card.hostname())
                        .put("ip", card.ip())
                        .put("port", card.port())
                        .put("status", card.status())
                        .put("mode", card.mode())
                        .put("load", card.load());
        ArrayNode names = beat.putArray("skill_names");
        card.skills().stream().map(SkillCard::id).forEach(names::add);
        return beat;
    }

    private void take(JsonNode tasks) {
        List<Inbox.Entry> taken = new ArrayList<>();
        for (JsonNode task : tasks) {
            if (taken.size() < MOST_TASKS && task instanceof ObjectNode object) {
                try {
                    taken.add(Wire.as(object.deepCopy().retain(TASK_MEMBERS), Inbox.Entry.class));
                } catch (ProtocolException e) {
                    LOG.warn("the registry sent a task that cannot be read: {}", e.getMessage());
                }
            }
        }
        if (!taken.isEmpty()) {
            inbox.accept(List.copyOf(taken));
        }
    }
}
