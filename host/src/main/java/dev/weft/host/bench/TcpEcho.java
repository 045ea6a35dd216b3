package dev.weft.host.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Sends back what it gets, for one connection over loopback. */
final class TcpEcho {
    private final ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());

    TcpEcho() throws IOException {
        Thread thread = new Thread(this::serve, "tcp-echo");
        thread.setDaemon(true);
        thread.start();
    }

    int port() {
        return server.getLocalPort();
    }

    private void serve() {
        try (server;
                Socket socket = server.accept();
                InputStream in = socket.getInputStream();
                OutputStream out = socket.getOutputStream()) {
            socket.setTcpNoDelay(true);
            byte[] buffer = new byte[64 << 10];
            for (int got = in.read(buffer); got > 0; got = in.read(buffer)) {
                out.write(buffer, 0, got);
            }
        } catch (IOException gone) {
            // the other end knows
        }
    }
}
