package dev.weft.transport.webrtc;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.protocol.SignalMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A line that delays and loses packets, for kernels without netem: candidates of peers are replaced by sockets of this class, which hand on what
 * they get. One socket stands for each candidate, and one for each address that writes to it.
 */
final class BadLine implements AutoCloseable {
    private static final Pattern HOST =
            Pattern.compile(
                    "(candidate:\\S+ 1 udp \\d+ )(\\d+\\.\\d+\\.\\d+\\.\\d+) (\\d+)( typ host.*)");
    private final long delayMillis;
    private final int lossPercent;
    private final Random random = new Random(5);
    private final ScheduledExecutorService wire = Executors.newScheduledThreadPool(1);
    private final List<DatagramSocket> sockets = new CopyOnWriteArrayList<>();
    private final Map<String, Integer> ports = new ConcurrentHashMap<>();
    final AtomicLong carried = new AtomicLong();
    final AtomicLong lost = new AtomicLong();

    /** @param delayMillis of each packet, one way */
    BadLine(long delayMillis, int lossPercent) {
        this.delayMillis = delayMillis;
        this.lossPercent = lossPercent;
    }

    /** Whether a message names a candidate that would go around this line. */
    static boolean goesAround(SignalMessage message) {
        return message.type().equals(SignalMessage.ICE_CANDIDATE)
                && !HOST.matcher(message.payload().path("candidate").asText()).matches();
    }

    /** Leads a candidate over this line. */
    SignalMessage through(SignalMessage message) {
        if (!message.type().equals(SignalMessage.ICE_CANDIDATE)) {
            return message;
        }
        Matcher host = HOST.matcher(message.payload().path("candidate").asText());
        if (!host.matches()) {
            throw new IllegalArgumentException(message.toString());
        }
        String target = host.group(2) + " " + host.group(3);
        int port =
                ports.computeIfAbsent(
                        target, at -> enter(host.group(2), Integer.parseInt(host.group(3))));
        ObjectNode payload = message.payload().deepCopy();
        payload.put("candidate", host.group(1) + host.group(2) + " " + port + host.group(4));
        return new SignalMessage(message.type(), message.peerId(), message.targetId(), payload);
    }

    private int enter(String ip, int port) {
        InetSocketAddress target = new InetSocketAddress(ip, port);
        DatagramSocket entry = socket(target.getAddress());
        Map<SocketAddress, DatagramSocket> exits = new ConcurrentHashMap<>();
        read(
                entry,
                (from, bytes) -> {
                    DatagramSocket exit =
                            exits.computeIfAbsent(
                                    from,
                                    writer -> {
                                        DatagramSocket made = socket(target.getAddress());
                                        read(made, (back, answer) -> carry(entry, writer, answer));
                                        return made;
                                    });
                    carry(exit, target, bytes);
                });
        return entry.getLocalPort();
    }

    private DatagramSocket socket(InetAddress address) {
        try {
            DatagramSocket socket = new DatagramSocket(0, address);
            sockets.add(socket);
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes a packet. */
    private interface Reader {
        void read(SocketAddress from, byte[] bytes);
    }

    private static void read(DatagramSocket socket, Reader reader) {
        Thread thread =
                new Thread(
                        () -> {
                            byte[] buffer = new byte[2048];
                            while (!socket.isClosed()) {
                                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                                try {
                                    socket.receive(packet);
                                } catch (IOException closedOrRefused) {
                                    continue;
                                }
                                reader.read(
                                        packet.getSocketAddress(),
                                        Arrays.copyOf(buffer, packet.getLength()));
                            }
                        },
                        "bad-line");
        thread.setDaemon(true);
        thread.start();
    }

    private void carry(DatagramSocket by, SocketAddress to, byte[] bytes) {
        synchronized (random) {
            if (random.nextInt(100) < lossPercent) {
                lost.incrementAndGet();
                return;
            }
        }
        carried.incrementAndGet();
        try {
            wire.schedule(() -> send(by, to, bytes), delayMillis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException closed) {
            lost.incrementAndGet();
        }
    }

    private static void send(DatagramSocket by, SocketAddress to, byte[] bytes) {
        try {
            by.send(new DatagramPacket(bytes, bytes.length, to));
        } catch (IOException closed) {
            // the test is over
        }
    }

    @Override
    public void close() {
        wire.shutdownNow();
        sockets.forEach(DatagramSocket::close);
    }
}
