package dev.weft.host.doctor;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks a STUN or TURN server for a sign of life: a binding request (RFC 8489), which TURN servers answer too. */
public final class Ice {
    private static final Pattern URL =
            Pattern.compile(
                    "(stuns?|turns?):\\[?([^\\]?]+?)\\]?(?::(\\d+))?(?:\\?transport=(udp|tcp))?");
    private static final int MAGIC = 0x2112A442;
    private static final int TRIES = 3;
    private static final int PATIENCE_MILLIS = 1000;

    private Ice() {}

    /** Asks.
     * @param url as in {@code /api/config}, e.g. {@code stun:stun.example:3478}
     * @return what was found */
    public static Finding look(String url) {
        Matcher parts = URL.matcher(url);
        if (!parts.matches()) {
            return Finding.bad(
                    "ICE server", "\"" + url + "\" is no STUN or TURN URL", "write stun:HOST:PORT");
        }
        boolean tls = parts.group(1).endsWith("s");
        int port = parts.group(3) == null ? tls ? 5349 : 3478 : Integer.parseInt(parts.group(3));
        InetSocketAddress address = new InetSocketAddress(parts.group(2), port);
        String what = parts.group(1).startsWith("stun") ? "STUN" : "TURN";
        if (address.isUnresolved()) {
            return Finding.bad(
                    what,
                    "the name in " + url + " is not known",
                    "check it, and this machine's DNS");
        }
        boolean answers = tls || "tcp".equals(parts.group(4)) ? connects(address) : binds(address);
        return answers
                ? Finding.good(what, url)
                : Finding.bad(
                        what,
                        url + " does not answer",
                        "let "
                                + ("tcp".equals(parts.group(4)) || tls ? "TCP " : "UDP ")
                                + port
                                + " out through the firewall, or name another server; until then peers behind NAT are reached by relay");
    }

    private static boolean connects(InetSocketAddress address) {
        try (Socket socket = new Socket()) {
            socket.connect(address, PATIENCE_MILLIS * TRIES);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean binds(InetSocketAddress address) {
        byte[] id = new byte[12];
        ThreadLocalRandom.current().nextBytes(id);
        byte[] request =
                ByteBuffer.allocate(20)
                        .putShort((short) 1)
                        .putShort((short) 0)
                        .putInt(MAGIC)
                        .put(id)
                        .array();
        byte[] answer = new byte[1500];
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.connect(address);
            for (int i = 0; i < TRIES; i++) {
                try {
                    socket.send(new DatagramPacket(request, request.length));
                    DatagramPacket packet = new DatagramPacket(answer, answer.length);
                    socket.receive(packet);
                    if (packet.getLength() >= 20
                            && ByteBuffer.wrap(answer).getInt(4) == MAGIC
                            && ByteBuffer.wrap(answer, 8, 12).equals(ByteBuffer.wrap(id))) {
                        return true;
                    }
                } catch (java.net.SocketTimeoutException e) {
                    continue; // UDP loses packets
                }
            }
        } catch (IOException e) {
            return false; // e.g. the port is closed
        }
        return false;
    }
}
