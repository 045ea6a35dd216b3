package dev.weft.host.e2e;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Ports for programs that must be told one, and for hosts that come back at theirs. */
public final class Ports {
    /** Systems hand out what is above this (Linux from 32768 on) to whoever connects, also while nobody listens there for a moment. */
    private static final int END = 30_000;

    private static final int BEGIN = 10_000;

    private Ports() {}

    /** A port of the loopback address that nobody uses, for TCP and for UDP. */
    public static int free() {
        for (int tries = 0; tries < 1000; tries++) {
            int port = ThreadLocalRandom.current().nextInt(BEGIN, END);
            InetSocketAddress address =
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
            try (ServerSocket tcp = new ServerSocket();
                    DatagramSocket udp = new DatagramSocket(null)) {
                tcp.bind(address);
                udp.bind(address);
                return port;
            } catch (IOException taken) {
                continue;
            }
        }
        throw new AssertionError("no port from " + BEGIN + " to " + END + " is free");
    }
}
