package dev.weft.host.bench;

import java.io.IOException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.concurrent.locks.ReentrantLock;

/** One thread that reads many {@link BenchSocket}s, or, for a while, the thread that sends. */
final class BenchSockets implements AutoCloseable {
    private final Selector selector = Selector.open();
    private final Thread thread = new Thread(this::run, "bench-sockets");
    private final ReentrantLock reading = new ReentrantLock(true);
    private volatile Exception failure;

    BenchSockets() throws IOException {
        thread.setDaemon(true);
        thread.start();
    }

    /** Reads a socket from now on. Its listener is called on this thread. */
    void add(BenchSocket socket) throws IOException {
        socket.channel().configureBlocking(false);
        socket.channel().register(selector, SelectionKey.OP_READ, socket);
        selector.wakeup();
    }

    private void run() {
        try {
            while (selector.isOpen()) {
                reading.lock();
                try {
                    selector.select(this::read, 100);
                } finally {
                    reading.unlock();
                }
            }
        } catch (IOException | ClosedSelectorException end) {
            // closed: the benchmark is over
        }
    }

    /** From now on the calling thread reads, by {@link #poll}: on a machine of two processors a thread for each direction would
     * wait for the other, and for who is measured. */
    void take() {
        selector.wakeup();
        reading.lock(); // a fair one, so the other thread does not come first again
    }

    /** Reads what has come. */
    void poll() throws IOException {
        selector.selectNow(this::read);
    }

    /** Gives the reading back to the thread that does it otherwise. */
    void giveBack() {
        reading.unlock();
    }

    private void read(SelectionKey key) {
        try {
            ((BenchSocket) key.attachment()).read();
        } catch (IOException | RuntimeException e) {
            key.cancel();
            failure = e;
        }
    }

    /** Ends the benchmark if a connection broke.
     * @throws IOException the last that did */
    void check() throws IOException {
        if (failure != null) {
            throw new IOException(
                    "a connection of the benchmark broke: " + failure.getMessage(), failure);
        }
    }

    @Override
    public void close() throws IOException {
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
    }
}
