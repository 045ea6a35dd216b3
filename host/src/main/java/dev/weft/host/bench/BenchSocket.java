package dev.weft.host.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** One WebSocket, by hand: cheap enough that two thousand of them leave the processor to the other side. */
final class BenchSocket {
    private static final int TEXT = 1;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;

    /** Hears text frames. */
    interface Listener {
        /** A text frame came. Must not block.
         * @param bytes holds it, or its beginning if it is longer than a kilobyte
         * @param from where it begins
         * @param length of it */
        void text(byte[] bytes, int from, int length);
    }

    private final SocketChannel channel;
    private final Listener listener;
    private final boolean echo;
    private final byte[] buffer = new byte[2048];
    private int filled;
    private long skip;

    /** Connects and upgrades.
     * @param token of an agent; null to talk to an {@link Echo}, whose frames come back as they went */
    BenchSocket(int port, String token, Listener listener) throws IOException {
        this.listener = listener;
        this.echo = token == null;
        this.channel =
                SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        if (!echo) {
            upgrade(token);
        }
    }

    private void upgrade(String token) throws IOException {
        String request =
                "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\nAuthorization: Bearer "
                        + token
                        + "\r\n\r\n";
        channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.ISO_8859_1)));
        ByteBuffer one = ByteBuffer.allocate(1);
        StringBuilder answer = new StringBuilder();
        while (answer.indexOf("\r\n\r\n") < 0) {
            one.clear();
            if (channel.read(one) < 0) {
                throw new IOException("the registry hung up: " + answer);
            }
            answer.append((char) one.get(0));
        }
        if (!answer.toString().startsWith("HTTP/1.1 101")) {
            throw new IOException("the registry refused a socket: " + answer);
        }
    }

    SocketChannel channel() {
        return channel;
    }

    /** A text frame as a client sends it; its mask is zero, which leaves the text as it is. */
    static byte[] frame(String text) {
        return frame(TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] frame(int type, byte[] content) {
        int head = content.length < 126 ? 2 : 4;
        byte[] frame = new byte[head + 4 + content.length];
        frame[0] = (byte) (0x80 | type);
        if (head == 2) {
            frame[1] = (byte) (0x80 | content.length);
        } else {
            frame[1] = (byte) (0x80 | 126);
            frame[2] = (byte) (content.length >> 8);
            frame[3] = (byte) content.length;
        }
        System.arraycopy(content, 0, frame, head + 4, content.length);
        return frame;
    }

    /** Sends a frame, and waits while the other side does not read. */
    synchronized void send(byte[] frame) throws IOException {
        ByteBuffer out = ByteBuffer.wrap(frame);
        while (out.hasRemaining()) {
            if (channel.write(out) == 0) {
                Thread.onSpinWait();
            }
        }
    }

    /** Reads what is there; called by one thread only. */
    void read() throws IOException {
        ByteBuffer in = ByteBuffer.wrap(buffer, filled, buffer.length - filled);
        int read = channel.read(in);
        if (read < 0) {
            throw new IOException("the other side closed");
        }
        filled += read;
        int at = (int) Math.min(skip, filled);
        skip -= at;
        for (int next = frameAt(at); next > 0; next = frameAt(at)) {
            at += next;
        }
        System.arraycopy(buffer, at, buffer, 0, filled - at);
        filled -= at;
    }

    /** Handles the frame that begins somewhere.
     * @return how much of it is here, 0 if there is more to come; of a long one the beginning is enough, and the rest is skipped */
    private int frameAt(int at) throws IOException {
        if (filled - at < 2) {
            return 0;
        }
        int length = buffer[at + 1] & 0x7f;
        int head = 2;
        if (length == 126) {
            if (filled - at < 4) {
                return 0;
            }
            length = (buffer[at + 2] & 0xff) << 8 | buffer[at + 3] & 0xff;
            head = 4;
        } else if (length == 127) {
            if (filled - at < 10) {
                return 0;
            }
            length = ByteBuffer.wrap(buffer, at + 6, 4).getInt();
            head = 10;
        }
        if (echo) {
            head += 4;
        }
        int here = Math.min(head + length, filled - at);
        if (here < Math.min(head + length, buffer.length / 2)) {
            return 0;
        }
        skip = head + length - here;
        int type = buffer[at] & 0xf;
        if (type == TEXT) {
            listener.text(buffer, at + head, length);
        } else if (type == PING) {
            send(frame(PONG, Arrays.copyOfRange(buffer, at + head, at + head + length)));
        } else if (type == CLOSE) {
            throw new IOException(
                    "the registry closed a socket with code "
                            + ((buffer[at + head] & 0xff) << 8 | buffer[at + head + 1] & 0xff));
        }
        return here;
    }
}
