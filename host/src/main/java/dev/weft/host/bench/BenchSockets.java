package dev.weft.host.bench;

import java.io.IOException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;

/** One thread that reads many {@link BenchSocket}s. */
final class BenchSockets implements AutoCloseable {
    private final Selector selector = Selector.open();
    private final Thread thread = new Thread(this::run, "bench-sockets");
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
                selector.select(this::read, 100);
            }
        } catch (IOException | ClosedSelectorException end) {
            // closed: the benchmark is over
        }
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
