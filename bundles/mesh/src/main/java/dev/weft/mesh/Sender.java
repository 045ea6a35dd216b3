package dev.weft.mesh;

import dev.weft.api.mesh.Link;
import dev.weft.api.mesh.LinkException;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.Frame;
import dev.weft.protocol.JsonText;
import dev.weft.protocol.MeshMessage;
import dev.weft.protocol.NumberedMessage;
import dev.weft.protocol.Wire;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes frames of what waits for one peer and puts them on the link, one thread at a time: the caller's own when the link was idle, so
 * that nothing waits; else a worker, while more gathers for the next frame.
 */
final class Sender {
    private static final Logger LOG = LoggerFactory.getLogger(Sender.class);

    /** A link on which nothing was sent for so long is idle. */
    private static final long IDLE_NANOS = 50_000;

    /** Frames that a caller sends before it hands over to a worker. */
    private static final int TURN = 16;

    /** Bytes of a frame: longer ones would hold up what is urgent. */
    private static final int FRAME = 64 << 10;

    /** Messages that are kept while it is unknown whether the peer will ever acknowledge. */
    private static final int KEPT_UNSURE = 64;

    private static final long RETRY_MILLIS = 10;
    private static final byte[] WRAP_HEAD =
            wrap("{\"type\":\"" + MeshMessage.FRAME + "\",\"payload\":\"");
    private static final byte[] WRAP_TAIL = wrap("\"}");

    private final AgentId peer;
    private final Links links;
    private final Outbox out;
    private final Supplier<Inbox> in;
    private final Executor executor;
    private final ScheduledExecutorService timer;
    private final AtomicInteger wanted = new AtomicInteger();
    private final AtomicBoolean retrying = new AtomicBoolean();

    /** Held from when a frame gets its numbers until it is on its link. */
    private final Object frames = new Object();

    private volatile long lastSent = System.nanoTime() - IDLE_NANOS;
    private volatile Thread corked;
    private volatile boolean acknowledge;
    private volatile boolean unnumbered;

    Sender(
            AgentId peer,
            Links links,
            Outbox out,
            Supplier<Inbox> in,
            Executor executor,
            ScheduledExecutorService timer) {
        this.peer = peer;
        this.links = links;
        this.out = out;
        this.in = in;
        this.executor = executor;
        this.timer = timer;
    }

    private static byte[] wrap(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** A message was added. */
    void offered() {
        if (corked == Thread.currentThread()) {
            return;
        }
        if (System.nanoTime() - lastSent > IDLE_NANOS) {
            now();
        } else {
            soon();
        }
    }

    /** Sends on this thread, unless another one does. */
    void now() {
        if (wanted.getAndIncrement() == 0) {
            run(TURN);
        }
    }

    /** Sends on a worker. Does not block. */
    void soon() {
        if (wanted.getAndIncrement() == 0) {
            handOver();
        }
    }

    /** Tells the peer what was handled, with the next frame or without. */
    void acknowledge() {
        acknowledge = true;
        soon();
    }

    /** What this thread adds from now on waits until {@link #uncork}. */
    void cork() {
        corked = Thread.currentThread();
    }

    void uncork() {
        corked = null;
        if (in.get().urgent()) {
            acknowledge = true;
        }
        if (acknowledge || out.waiting() > 0) {
            now();
        }
    }

    /** Runs something between two frames, so that none that was made before leaves after it. It must not block. */
    void betweenFrames(Runnable work) {
        synchronized (frames) {
            work.run();
        }
    }

    /** Whether messages left without a number since this was last asked: the peer cannot know how many. */
    boolean takeUnnumbered() {
        boolean were = unnumbered;
        unnumbered = false;
        return were;
    }

    private void handOver() {
        try {
            executor.execute(() -> run(Integer.MAX_VALUE));
        } catch (RejectedExecutionException full) {
            try {
                timer.schedule(this::handOver, RETRY_MILLIS, TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException stopping) {
                wanted.set(0);
            }
        }
    }

    /** The one thread that sends; {@code wanted} is above 0 while there is one. */
    private void run(int turn) {
        int left = turn;
        int seen;
        do {
            seen = wanted.get();
            while (sendSafely()) {
                if (--left == 0) {
                    handOver();
                    return;
                }
            }
        } while (wanted.addAndGet(-seen) != 0);
    }

    private boolean sendSafely() {
        try {
            return sendOne();
        } catch (RuntimeException e) {
            LOG.error("sending to {} failed", peer, e);
            return true; // what failed is taken; the rest must not wait for ever
        }
    }

    /** @return false if nothing more can be sent now */
    private boolean sendOne() {
        Outbox.Load load;
        synchronized (frames) {
            Links.Wired wired = links.carrier(peer);
            load = wired == null || !wired.link.isWritable() ? null : putNext(wired);
        }
        if (load == null) {
            return false;
        }
        boolean whole = load.length() == 0;
        if (whole || load.offset() + load.length() == load.messages().get(0).whole.length()) {
            load.messages().forEach(Outgoing::leftNow);
        }
        return true;
    }

    /** Puts the next frame on a link.
     * @return what it carried; null if nothing can be sent now */
    private Outbox.Load putNext(Links.Wired wired) {
        long now = System.nanoTime();
        boolean unsure = wired.awaitsHello(now); // asked first: the hello may come at any time
        boolean resumes = !unsure && wired.takes(Greeting.RESUME);
        Outbox.Load load =
                out.take(
                        wired.link,
                        room(wired, resumes),
                        !unsure && wired.takes(Greeting.BATCH),
                        resumes && wired.takes(Greeting.CHUNK),
                        wired.takes(Greeting.DEFLATE),
                        now);
        if (load == null) {
            acknowledgeOn(wired, resumes);
            return null;
        }
        if (load.length() == 0 || load.offset() == 0) {
            load.messages().forEach(message -> message.carriedBy(wired.link));
        }
        try {
            put(wired, resumes, unsure, load);
        } catch (LinkException e) {
            out.undo(load);
            retry(wired.link);
            return null;
        }
        lastSent = System.nanoTime();
        if (!resumes && (!unsure || out.kept() > KEPT_UNSURE)) {
            out.forget(message -> message.link == wired.link);
        }
        return load;
    }

    private static int room(Links.Wired wired, boolean resumes) {
        int most = wired.link.maxFrame();
        if (!resumes) {
            return most - Frame.MAX_OVERHEAD;
        }
        int bytes = wired.link.carriesBinary() ? most : (most - Frame.MAX_OVERHEAD) / 4 * 3;
        return Math.min(FRAME, bytes - Frame.MAX_OVERHEAD);
    }

    private void put(Links.Wired wired, boolean resumes, boolean unsure, Outbox.Load load) {
        if (resumes) {
            binary(wired.link, frame(wired, load));
            return;
        }
        List<JsonText> messages = load.json();
        JsonText only = messages.size() == 1 ? messages.get(0) : null;
        if (only != null && unsure) {
            wired.link.send(
                    NumberedMessage.write(only, load.lane(), load.first(), load.after()), false);
            return;
        }
        unnumbered = true;
        wired.link.send(only == null ? Frame.join(messages) : only.bytes(), false);
    }

    private byte[] frame(Links.Wired wired, Outbox.Load load) {
        acknowledge = false;
        Inbox inbox = in.get();
        if (load.length() > 0) {
            Outgoing message = load.messages().get(0);
            return Frame.piece(
                    load.lane(),
                    inbox.acknowledge(),
                    load.first(),
                    load.after(),
                    message.whole,
                    message.deflated,
                    load.offset(),
                    load.length());
        }
        return Frame.batch(
                load.lane(),
                inbox.acknowledge(),
                load.first(),
                load.after(),
                load.json(),
                wired.takes(Greeting.DEFLATE));
    }

    private void acknowledgeOn(Links.Wired wired, boolean resumes) {
        if (!acknowledge) {
            return;
        }
        acknowledge = false;
        if (resumes && in.get().unacknowledged()) {
            try {
                binary(wired.link, Frame.acks(in.get().acknowledge()));
            } catch (LinkException e) {
                acknowledge = true;
                retry(wired.link);
            }
        }
    }

    /** Links that carry text only carry a frame as the payload of a message. */
    private static void binary(Link link, byte[] frame) {
        if (link.carriesBinary()) {
            link.send(frame, true);
            return;
        }
        byte[] text = Base64.getEncoder().encode(frame);
        byte[] wrapped = new byte[WRAP_HEAD.length + text.length + WRAP_TAIL.length];
        System.arraycopy(WRAP_HEAD, 0, wrapped, 0, WRAP_HEAD.length);
        System.arraycopy(text, 0, wrapped, WRAP_HEAD.length, text.length);
        System.arraycopy(WRAP_TAIL, 0, wrapped, WRAP_HEAD.length + text.length, WRAP_TAIL.length);
        link.send(wrapped, false);
    }

    /** A link that refuses and stays open takes more in a moment; one that closed is told as closed. */
    private void retry(Link link) {
        if (retrying.compareAndSet(false, true)) {
            try {
                timer.schedule(
                        () -> {
                            retrying.set(false);
                            soon();
                        },
                        RETRY_MILLIS,
                        TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException stopping) {
                retrying.set(false);
            }
        }
    }

    /** Longest message for a link whose peer takes no pieces. */
    static int longest(Links.Wired wired) {
        return wired.takes(Greeting.RESUME) && wired.takes(Greeting.CHUNK)
                ? Wire.MAX_MESH_MESSAGE
                : room(wired, false) - 2;
    }
}
