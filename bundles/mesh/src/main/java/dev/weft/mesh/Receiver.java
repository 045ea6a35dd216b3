package dev.weft.mesh;

import dev.weft.api.mesh.Link;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.Deflate;
import dev.weft.protocol.Frame;
import dev.weft.protocol.Lane;
import dev.weft.protocol.MeshMessage;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.Receipt;
import dev.weft.protocol.Wire;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;

/** Reads the frames of one peer, whatever link they come by, and hands the messages on: each once, one at a time, in order. */
final class Receiver {
    /** Who acts on what is read. */
    interface Listener {
        /** The peer said hello on a link. */
        void greeted(Links.Wired wired, Greeting greeting);

        /** The peer has handled messages of this host. */
        void acked(Receipt receipt);

        /** A long message began to arrive: somebody must see to it that its end comes. */
        void assembling();

        /** A message is to be handled. */
        void handle(Link link, MeshMessage message, boolean numbered);
    }

    /** Messages that are handled before their answers leave. */
    private static final int ANSWERS_TOGETHER = 64;

    /** Streams that are known to have ended: a hello of one may still be under way on a slower link. */
    private static final int MOST_ENDED = 16;

    private final AgentId peer;
    private final Links links;
    private final Drops drops;
    private final Listener listener;
    private final Sender sender;
    private final AtomicInteger arrived = new AtomicInteger();
    private final Deque<String> ended = new ArrayDeque<>();
    private volatile Flow flow = new Flow("");

    /** @param stream that the peer numbers its messages in; "" while it numbers none
     * @param inbox for the messages of that stream alone */
    private record Flow(String stream, Inbox inbox) {
        Flow(String stream) {
            this(stream, new Inbox(stream));
        }
    }

    Receiver(AgentId peer, Links links, Drops drops, Listener listener, Sender sender) {
        this.peer = peer;
        this.links = links;
        this.drops = drops;
        this.listener = listener;
        this.sender = sender;
    }

    Inbox inbox() {
        return flow.inbox;
    }

    String stream() {
        return flow.stream;
    }

    /** The peer numbers its messages anew. One call at a time. */
    void follow(String newStream) {
        ended.addLast(flow.stream);
        if (ended.size() > MOST_ENDED) {
            ended.removeFirst();
        }
        flow = new Flow(newStream);
    }

    /** Whether the peer has given a stream up for another one. Used as {@link #follow} is. */
    boolean hasEnded(String other) {
        return ended.contains(other) || Greeting.isBefore(other, flow.stream);
    }

    /** A frame arrived; calls for one link come one at a time. */
    void received(Link link, byte[] frame, boolean binary) {
        try {
            if (binary) {
                framed(link, frame);
            } else {
                text(link, frame);
            }
        } catch (ProtocolException e) {
            drops.malformed.add(peer, e.getMessage());
        }
        handleAll();
    }

    private void text(Link link, byte[] text) {
        int[] left = {text.length};
        Wire.messages(
                text,
                numbered -> {
                    MeshMessage message = numbered.message();
                    if (message.type().equals(MeshMessage.FRAME)) {
                        framed(link, base64(message));
                        return;
                    }
                    if (message.type().equals(MeshMessage.HELLO)) {
                        hello(link, message);
                    }
                    Flow now = flow;
                    if (numbered.lane() != null && isOfAnother(now, links.of(link))) {
                        drops.stale.add(peer, message.type() + " of a stream that has ended");
                        return;
                    }
                    // the frame's bytes are counted once
                    arrive(
                            now.inbox,
                            new Inbox.Arrival(
                                    numbered.lane(),
                                    numbered.number(),
                                    numbered.after(),
                                    message,
                                    link,
                                    left[0]));
                    left[0] = 0;
                });
    }

    /** Whether what comes over a link belongs to another stream than the one that counts. */
    private static boolean isOfAnother(Flow flow, Links.Wired wired) {
        return wired != null
                && wired.greeting != null
                && !wired.greeting.stream().equals(flow.stream);
    }

    private static byte[] base64(MeshMessage message) {
        try {
            return Base64.getDecoder().decode(message.payload().asText(""));
        } catch (IllegalArgumentException e) {
            throw new ProtocolException("bad_frame", "the payload of a frame is not base64");
        }
    }

    private void hello(Link link, MeshMessage hello) {
        Links.Wired wired = links.of(link);
        boolean itself = hello.sourceAgent().isEmpty() || hello.sourceAgent().equals(peer.value());
        if (wired != null && itself) {
            listener.greeted(wired, Greeting.read(hello.payload()));
        }
    }

    private void framed(Link link, byte[] bytes) {
        Frame frame = Frame.read(bytes);
        Links.Wired wired = links.of(link);
        if (wired == null || !wired.takes(Greeting.RESUME)) {
            throw new ProtocolException("bad_frame", "a frame came before a hello");
        }
        Flow now = flow;
        if (isOfAnother(now, wired)) {
            drops.stale.add(peer, "of a process that was there before");
            return;
        }
        listener.acked(frame.receipt());
        if (frame.piece()) {
            piece(now.inbox, link, wired, frame);
        } else if (frame.count() > 0) {
            ByteBuffer body =
                    frame.deflated()
                            ? Deflate.inflate(frame.body(), Wire.MAX_MESH_MESSAGE)
                            : frame.body();
            messages(now.inbox, link, frame, body);
        }
    }

    private void piece(Inbox inbox, Link link, Links.Wired wired, Frame piece) {
        Lane lane = piece.lane();
        Assembly assembly = wired.assemblies.computeIfAbsent(lane, none -> new Assembly());
        if (piece.offset() == 0) {
            assembly.begin(piece);
            listener.assembling();
        }
        ByteBuffer message = assembly.add(piece);
        if (message != null) {
            messages(inbox, link, piece, message);
        }
    }

    /** One that cannot be read must not hold up those behind it. */
    private void messages(Inbox inbox, Link link, Frame frame, ByteBuffer json) {
        int share = json.remaining() / frame.count() + 1;
        int[] read = {0};
        try {
            Wire.messages(
                    json,
                    message -> {
                        if (read[0] < frame.count()) {
                            arrive(inbox, of(link, frame, read[0]++, message, share));
                        }
                    });
        } catch (ProtocolException e) {
            drops.malformed.add(peer, e.getMessage());
        }
        while (read[0] < frame.count()) {
            arrive(inbox, of(link, frame, read[0]++, null, share));
        }
    }

    private static Inbox.Arrival of(
            Link link, Frame frame, int index, MeshMessage message, int bytes) {
        return new Inbox.Arrival(
                frame.lane(), frame.first() + index, frame.after(), message, link, bytes);
    }

    private void arrive(Inbox inbox, Inbox.Arrival arrival) {
        if (!inbox.arrived(arrival)) {
            arrival.link()
                    .close("more than " + Inbox.ROOM + " bytes of " + peer + " wait to be handled");
        }
    }

    /** One thread handles; the others leave what they brought to it. */
    private void handleAll() {
        if (arrived.getAndIncrement() > 0) {
            return;
        }
        sender.cork();
        int seen;
        int handled = 0;
        try {
            do {
                seen = arrived.get();
                Inbox box = flow.inbox;
                for (Inbox.Arrival next = box.poll(); next != null; next = box.poll()) {
                    if (next.message() != null) {
                        listener.handle(next.link(), next.message(), next.lane() != null);
                    }
                    box.handled(next);
                    if (++handled % ANSWERS_TOGETHER == 0) {
                        sender.now();
                    }
                }
            } while (arrived.addAndGet(-seen) > 0);
        } finally {
            sender.uncork();
        }
    }
}
