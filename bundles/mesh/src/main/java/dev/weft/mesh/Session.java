package dev.weft.mesh;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.mesh.Link;
import dev.weft.api.mesh.MeshException;
import dev.weft.api.mesh.Path;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.MeshMessage;
import dev.weft.protocol.Receipt;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * All messages between this host and one peer, whatever links carry them. With a peer that says {@code resume}, what left and was not
 * acknowledged is sent again on the next link, and what comes twice is dropped; with others a message is lost with its link, and the
 * caller hears of it.
 */
final class Session implements Receiver.Listener {
    /** How long a peer may be without a link before what it was asked fails. */
    private static final long AWAY_NANOS = 10_000_000_000L;

    /** After this, what was not acknowledged is sent again if it went by a link that may have lost it. */
    private static final long AGAIN_NANOS = 5_000_000_000L;

    /** How long it is remembered what came from a peer without a link, so that nothing comes twice. */
    private static final long FORGET_NANOS = 600_000_000_000L;

    private static final long ACK_MILLIS = 25;

    private final AgentId peer;
    private final Sessions around;
    private final Outbox out = new Outbox();
    private final Sender sender;
    private final Receiver receiver;
    private final AtomicBoolean dialing = new AtomicBoolean();
    private final AtomicBoolean ackPlanned = new AtomicBoolean();
    private volatile boolean resumes;
    private volatile long awaySince;
    private volatile boolean ended;
    private volatile long linkedAt = System.nanoTime();

    Session(AgentId peer, Sessions around) {
        this.peer = peer;
        this.around = around;
        sender =
                new Sender(
                        peer, around.links(), out, this::inbox, around.executor(), around.timer());
        receiver = new Receiver(peer, around.links(), around.drops(), this, sender);
    }

    private Inbox inbox() {
        return receiver.inbox();
    }

    /** Queues a message, and dials if there is no link.
     * @return false if there is no room; its outcome says so */
    boolean post(Outgoing message) {
        if (ended) {
            message.fail(around.unreachable(peer, "it left the mesh or was forgotten"));
            return false;
        }
        if (!out.offer(message)) {
            message.fail(
                    new MeshException(
                            "busy",
                            "too much waits to be sent to "
                                    + around.name(peer)
                                    + ", which takes it slowly; try again later"));
            return false;
        }
        around.watch();
        Links.Wired best = around.links().use(peer);
        if (best == null) {
            dial();
        } else {
            if (best.mayImprove()) {
                around.dialer().direct(peer); // if it comes to nothing, the relay is still there
            }
            sender.offered();
        }
        return true;
    }

    void received(Link link, byte[] frame, boolean binary) {
        receiver.received(link, frame, binary);
        if (inbox().unacknowledged() && resumes) {
            if (inbox().urgent()) {
                sender.acknowledge();
            } else if (ackPlanned.compareAndSet(false, true)) {
                around.later(
                        ACK_MILLIS,
                        () -> {
                            ackPlanned.set(false);
                            if (inbox().unacknowledged()) {
                                sender.acknowledge();
                            }
                        });
            }
        }
    }

    void writable() {
        sender.soon();
    }

    /** Says hello on a new link, and only then lets messages take it. */
    Links.Wired greetFirst(Link link) {
        Links.Wired[] wired = new Links.Wired[1];
        sender.betweenFrames(
                () -> {
                    greet(link);
                    wired[0] = around.links().add(link);
                });
        return wired[0];
    }

    private void greet(Link link) {
        ObjectNode hello = Greeting.write(out.stream(), receiver.stream(), inbox().acks());
        around.greet(link, hello);
    }

    /** A link came up and was greeted. */
    void opened() {
        awaySince = 0;
        sender.now(); // what waited is the first that leaves: a worker would take a while to begin
    }

    @Override
    public synchronized void greeted(Links.Wired wired, Greeting greeting) {
        if (wired.takes(Greeting.RESUME) && !greeting.features().contains(Greeting.RESUME)) {
            return; // what is under way on this link cannot be taken back
        }
        if (greeting.features().contains(Greeting.RESUME)
                && !receiver.hasEnded(greeting.stream())) { // else a newer hello overtook it
            boolean another =
                    !receiver.stream().isEmpty() && !greeting.stream().equals(receiver.stream());
            if (!greeting.stream().equals(receiver.stream())) {
                receiver.follow(greeting.stream());
                if (another) {
                    around.pending().lost(peer, "the peer was started anew");
                }
            }
            resumes = true;
            boolean unnumbered = sender.takeUnnumbered();
            // one that was started anew may have heard of the stream, but not of what went before
            if (greeting.seen().equals(out.stream()) && !(another && out.isPast(greeting.next()))) {
                out.acked(new Receipt(greeting.next(), Greeting.mark(greeting.seen())));
            } else if (another && out.begun() || unnumbered) {
                startAnew();
            }
        }
        wired.greeting = greeting;
        sender.soon();
    }

    /** The peer has forgotten this host, or never knew how many messages it was sent. */
    private void startAnew() {
        numberAnew(new MeshException("link_closed", peer + " was started anew before it answered"));
    }

    /** Begins another stream. A new number on a link before the hello that names its stream would count as an old one.
     * @param lost what becomes of messages that left and were not acknowledged */
    private void numberAnew(MeshException lost) {
        List<Outgoing> begun = new ArrayList<>();
        sender.betweenFrames(
                () -> {
                    begun.addAll(out.restart());
                    around.links().of(peer).forEach(wired -> greet(wired.link));
                });
        begun.forEach(message -> message.fail(lost));
    }

    @Override
    public void acked(Receipt receipt) {
        out.acked(receipt);
    }

    @Override
    public void handle(Link link, MeshMessage message, boolean numbered) {
        around.switchboard().handle(link, message, numbered);
    }

    @Override
    public void assembling() {
        around.watch();
    }

    /** A link is down; it is no longer among the links. */
    void closed(Link link, String reason) {
        linkedAt = System.nanoTime();
        if (resumes) {
            out.again(message -> message.link == link);
        } else {
            out.forget(message -> message.link == link);
            around.pending().lost(link, reason);
        }
        if (around.links().best(peer) != null) {
            sender.soon();
        } else if (!out.isEmpty() || around.pending().waitsFor(peer)) {
            awaySince = System.nanoTime();
            around.watch();
            dial();
        }
    }

    private void dial() {
        if (!ended && dialing.compareAndSet(false, true)) {
            around.dialer()
                    .dial(
                            peer,
                            (link, reason) -> {
                                dialing.set(false);
                                if (link == null) {
                                    lost(reason);
                                } else {
                                    sender.soon();
                                }
                            });
        }
    }

    /** No link can be had: everything fails. */
    private void lost(String reason) {
        if (around.links().best(peer) != null) {
            sender.soon(); // the peer came by itself meanwhile
            return;
        }
        MeshException unreachable = around.unreachable(peer, reason);
        out.withdraw(message -> true).forEach(message -> message.fail(unreachable));
        if (resumes) {
            numberAnew(new MeshException("link_closed", peer + " is away: " + reason));
            around.pending().lost(peer, reason);
        }
        awaySince = 0;
    }

    /** The peer left the mesh. */
    void end(String reason) {
        ended = true;
        MeshException gone = around.unreachable(peer, reason);
        out.withdraw(message -> true).forEach(message -> message.fail(gone));
        around.pending().lost(peer, reason);
    }

    /** Looks after what nothing else reminds of; called about once a second while something waits.
     * @return whether something still waits */
    boolean tick(long now) {
        Links.Wired carrier = around.links().carrier(peer);
        out.withdraw(Outgoing::given);
        if (carrier == null) {
            if (awaySince != 0 && now - awaySince > AWAY_NANOS) {
                lost("no link for " + TimeUnit.NANOSECONDS.toSeconds(AWAY_NANOS) + " s");
            } else if (out.waiting() > 0) {
                dial();
            }
            return awaySince != 0 || !out.isEmpty();
        }
        if (carrier.greeting != null || !carrier.awaitsHello(now)) {
            tooLong(carrier);
        }
        if (!resumes && !carrier.awaitsHello(now)) {
            out.forget(message -> true);
        } else if (resumes) {
            out.again(
                    message ->
                            now - message.sentAt > AGAIN_NANOS
                                    && (message.link != carrier.link
                                            || message.link.path() == Path.RELAY));
            sender.soon();
        }
        boolean assembling = false;
        for (Links.Wired wired : around.links().of(peer)) {
            for (Assembly assembly : wired.assemblies.values()) {
                if (assembly.stale(now)) {
                    wired.link.close("the rest of a long message did not come");
                }
                assembling |= assembly.waits(now);
            }
        }
        return assembling || !out.isEmpty();
    }

    /** Whether there is nothing left to remember of a peer. */
    boolean forgettable(long now) {
        return around.links().best(peer) == null
                && now - linkedAt > FORGET_NANOS
                && out.isEmpty()
                && !dialing.get()
                && !around.pending().waitsFor(peer);
    }

    private void tooLong(Links.Wired carrier) {
        int longest = Sender.longest(carrier);
        List<Outgoing> refused = out.withdraw(message -> message.json.length() > longest);
        for (Outgoing message : refused) {
            message.fail(
                    new MeshException(
                            "too_large",
                            around.name(peer)
                                    + " takes messages of "
                                    + longest
                                    + " bytes over this link, this one has "
                                    + message.json.length()));
        }
        if (!refused.isEmpty()) {
            sender.soon();
        }
    }
}
