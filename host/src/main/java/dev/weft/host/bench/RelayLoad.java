package dev.weft.host.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Messages in the size of an ICE candidate between pairs of sockets: as fast as they go, and at a given rate. Each carries the time at
 * which it was due, so that waiting for a slow receiver counts too.
 */
final class RelayLoad implements BenchSocket.Listener {
    private static final String MARK = "\"candidate\":\"";
    private static final int DIGITS = 16;
    private static final int OUTSTANDING = 2000;
    private static final int SAMPLES = 1 << 20;
    private static final String REST =
            " candidate:842163049 1 udp 1677729535 203.0.113.7 46154 typ srflx raddr 10.0.0.17 rport 46154 generation 0 ufrag EEtu network-cost 999\",\"sdpMid\":\"0\",\"sdpMLineIndex\":0}}";

    private final List<BenchSocket> from = new ArrayList<>();
    private final List<byte[]> frames = new ArrayList<>();
    private final LongAdder received = new LongAdder();
    private volatile Samples samples = new Samples(0);
    private volatile Samples lateness = new Samples(0);

    /** Adds a sender.
     * @param socket of the sender
     * @param sender its id
     * @param receiver whom it sends to */
    void pair(BenchSocket socket, String sender, String receiver) {
        from.add(socket);
        frames.add(
                BenchSocket.frame(
                        "{\"type\":\"ice_candidate\",\"peer_id\":\""
                                + sender
                                + "\",\"target_id\":\""
                                + receiver
                                + "\",\"payload\":{"
                                + MARK
                                + "0".repeat(DIGITS)
                                + REST));
    }

    @Override
    public void text(byte[] bytes, int start, int length) {
        if (!BenchAgents.starts(bytes, start, "{\"type\":\"ice_candidate\"")) {
            return; // something else was pushed
        }
        int digits = start + length - REST.length() - DIGITS;
        long due = 0;
        for (int digit = 0; digit < DIGITS; digit++) {
            due = due << 4 | Character.digit(bytes[digits + digit], 16);
        }
        samples.add(System.nanoTime() - due);
        received.increment();
    }

    private void send(int pair, long due) throws IOException {
        byte[] frame = frames.get(pair);
        int at = frame.length - REST.length() - DIGITS;
        for (int digit = 0; digit < DIGITS; digit++) {
            int value = (int) (due >>> 4 * (DIGITS - 1 - digit)) & 0xf;
            frame[at + digit] = (byte) (value < 10 ? '0' + value : 'a' + value - 10);
        }
        from.get(pair).send(frame);
    }

    /** Sends as fast as the other side takes it.
     * @param seconds how long
     * @return messages a second that arrived */
    double throughput(double seconds, BenchSockets sockets) throws IOException {
        long before = received.sum();
        long start = System.nanoTime();
        long end = start + (long) (seconds * 1e9);
        long sent = 0;
        for (int pair = 0; System.nanoTime() < end; pair = (pair + 1) % from.size()) {
            while (sent - (received.sum() - before) >= OUTSTANDING && System.nanoTime() < end) {
                LockSupport.parkNanos(20_000);
                sockets.check();
            }
            send(pair, System.nanoTime());
            sent++;
        }
        double rate = (received.sum() - before) / ((System.nanoTime() - start) / 1e9);
        settle(before + sent, sockets);
        return rate;
    }

    /** Sends at a rate, whatever the other side does.
     * @return how long the messages took */
    Samples latency(double perSecond, double seconds, BenchSockets sockets) throws IOException {
        Samples fresh = new Samples((int) Math.min(SAMPLES, perSecond * seconds + 1));
        samples = fresh;
        Samples late = new Samples((int) Math.min(SAMPLES, perSecond * seconds + 1));
        lateness = late;
        long before = received.sum();
        long total = (long) (perSecond * seconds);
        sockets.take();
        try {
            long start = System.nanoTime();
            for (long sent = 0; sent < total; sent++) {
                long due = start + (long) (sent * 1e9 / perSecond);
                sockets.poll();
                for (long wait = due - System.nanoTime();
                        wait > 0;
                        wait = due - System.nanoTime()) {
                    LockSupport.parkNanos(wait);
                }
                late.add(System.nanoTime() - due);
                send((int) (sent % from.size()), due);
            }
        } finally {
            sockets.giveBack();
        }
        settle(before + total, sockets);
        return fresh;
    }

    /** How late the messages of the last {@link #latency} left, for want of a processor on this side: a part of what they took. */
    Samples lateness() {
        return lateness;
    }

    private void settle(long expected, BenchSockets sockets) throws IOException {
        long end = System.nanoTime() + 30_000_000_000L;
        while (received.sum() < expected) {
            sockets.check();
            if (System.nanoTime() > end) {
                throw new IOException(
                        expected - received.sum() + " messages did not arrive within 30 s");
            }
            LockSupport.parkNanos(1_000_000);
        }
    }
}
