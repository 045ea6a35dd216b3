package dev.weft.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What waits to be sent to other hosts. What comes while a transaction is under way goes with the next one, so the more there is
 * to send, the fewer transactions a message costs.
 */
final class Outgoing {
    private static final Logger LOG = LoggerFactory.getLogger(Outgoing.class);
    private static final int MOST = 20_000;
    private static final int MOST_CHARACTERS = 16 << 20;
    private static final int BATCH_CHARACTERS = 1 << 20;

    private record Item(String channel, Packets.Message message) {}

    /** Messages that follow one another on one channel. */
    private record Run(String channel, StringBuilder text) {}

    private final String host;
    private final DataSource source;
    private final ExecutorService executor;
    private final Queue<Item> waiting = new ArrayDeque<>();
    private int characters;
    private boolean running;
    private volatile boolean closed;
    private volatile boolean open;
    private final AtomicBoolean gap = new AtomicBoolean();
    private volatile String trouble = "";
    private Connection connection; // used by the one that runs
    private long number;

    Outgoing(String host, DataSource source, ExecutorService executor) {
        this.host = host;
        this.source = source;
        this.executor = executor;
    }

    /** Whether messages are taken: while this host hears nothing, what it would say is lost on the others' answers. */
    void open(boolean now) {
        open = now;
    }

    synchronized boolean offer(String channel, String topic, String text) {
        if (!open
                || closed
                || waiting.size() >= MOST
                || characters + text.length() > MOST_CHARACTERS) {
            return false;
        }
        waiting.add(new Item(channel, new Packets.Message(topic, text)));
        characters += text.length();
        kick();
        return true;
    }

    synchronized void kick() {
        if (running || waiting.isEmpty() || closed) {
            return;
        }
        try {
            running = true;
            executor.execute(this::drain);
        } catch (RejectedExecutionException busy) {
            running = false; // kicked again within a second
        }
    }

    private void drain() {
        for (List<Run> batch = next(); batch != null; batch = next()) {
            try {
                send(batch);
                trouble = "";
            } catch (SQLException e) {
                lost(e);
            }
        }
        if (closed) {
            disconnect();
        }
    }

    /** The next messages, in the order in which they were offered, whatever their channels: what is told to one host must not overtake
     * what was told to all. */
    private synchronized List<Run> next() {
        if (waiting.isEmpty() || closed) {
            running = false;
            return null;
        }
        List<Run> batch = new ArrayList<>();
        Run run = null;
        int size = 0;
        for (Item item = waiting.peek();
                item != null && size < BATCH_CHARACTERS;
                item = waiting.peek()) {
            waiting.remove();
            size += item.message().text().length();
            if (run == null || !run.channel().equals(item.channel())) {
                run = new Run(item.channel(), new StringBuilder());
                batch.add(run);
            }
            Packets.append(run.text(), item.message());
        }
        characters -= size;
        return batch;
    }

    private void send(List<Run> batch) throws SQLException {
        List<String> channels = new ArrayList<>();
        List<String> packets = new ArrayList<>();
        for (Run run : batch) {
            for (String packet : Packets.cut(host, ++number, run.text())) {
                channels.add(run.channel());
                packets.add(packet);
            }
        }
        if (connection == null) {
            connection = source.getConnection();
            try (Statement setting = connection.createStatement()) {
                setting.execute("SET synchronous_commit TO off"); // nothing to keep: no disk
            }
        }
        try (PreparedStatement notify =
                connection.prepareStatement(
                        "SELECT count(pg_notify(channel, packet)) FROM unnest(?, ?) AS batch (channel, packet)")) {
            notify.setArray(1, connection.createArrayOf("text", channels.toArray()));
            notify.setArray(2, connection.createArrayOf("text", packets.toArray()));
            notify.execute();
        }
    }

    private void lost(SQLException e) {
        if (trouble.isEmpty()) {
            LOG.warn("messages to other hosts were lost: {}", e.getMessage());
        }
        gap.set(true);
        trouble = "messages to other hosts cannot be sent: " + e.getMessage();
        disconnect();
    }

    private void disconnect() {
        if (connection == null) {
            return;
        }
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debug("a broken connection does not close", e);
        }
        connection = null;
    }

    /** Why messages cannot be sent; "" if all is well. */
    String trouble() {
        return trouble;
    }

    /** Whether messages were lost since this was asked last. */
    boolean takeGap() {
        return trouble.isEmpty() && gap.getAndSet(false);
    }

    synchronized int waiting() {
        return waiting.size();
    }

    void close() {
        synchronized (this) {
            closed = true;
            waiting.clear();
            if (running) {
                return; // the one that runs disconnects
            }
        }
        disconnect();
    }
}
