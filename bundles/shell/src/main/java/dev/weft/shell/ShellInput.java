package dev.weft.shell;

import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;

/** What a client sends, read as it comes, so that a Ctrl-C is seen while a command runs. What is not read yet is bounded: the client waits then. */
final class ShellInput extends PipedInputStream {
    /** Ctrl-C as terminals send it. */
    static final byte INTERRUPT = 0x03;

    private static final int AHEAD = 64 << 10;

    private final InputStream source;
    private final PipedOutputStream sink;

    ShellInput(InputStream source) throws IOException {
        super(AHEAD);
        this.source = source;
        this.sink = new PipedOutputStream(this);
    }

    /** Begins to read, in a thread that ends with the source.
     * @param interrupt is run at each Ctrl-C, which nobody reads */
    void start(Runnable interrupt) {
        Thread thread =
                new Thread(null, () -> pump(interrupt), "weft-shell-input", 128 << 10, false);
        thread.setDaemon(true);
        thread.start();
    }

    private void pump(Runnable interrupt) {
        byte[] bytes = new byte[8192];
        try (sink) {
            for (int count = source.read(bytes); count >= 0; count = source.read(bytes)) {
                int begin = 0;
                for (int i = 0; i < count; i++) {
                    if (bytes[i] == INTERRUPT) {
                        sink.write(bytes, begin, i - begin);
                        interrupt.run();
                        begin = i + 1;
                    }
                }
                sink.write(bytes, begin, count - begin);
                sink.flush(); // wakes the reader at once
            }
        } catch (IOException e) {
            Thread.currentThread()
                    .interrupt(); // the session or the client is gone; its reader sees the end
        }
    }
}
