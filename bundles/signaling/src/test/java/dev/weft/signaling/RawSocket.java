package dev.weft.signaling;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A WebSocket client that may break the rules. */
final class RawSocket implements AutoCloseable {
    private static final int FINAL_TEXT = 0x81;
    private static final int CLOSE = 0x88;
    private static final int MASKED = 0x80;
    private final Socket socket;
    private final DataInputStream in;

    RawSocket(int port, String token) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(30_000);
        in = new DataInputStream(socket.getInputStream());
        String request =
                "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\nAuthorization: Bearer "
                        + token
                        + "\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
        StringBuilder answer = new StringBuilder();
        while (answer.indexOf("\r\n\r\n") < 0) {
            answer.append((char) in.readUnsignedByte());
        }
    }

    /** Sends a text frame of at most 125 bytes; its mask is zero. */
    void text(byte... content) throws IOException {
        byte[] frame = new byte[6 + content.length];
        frame[0] = (byte) FINAL_TEXT;
        frame[1] = (byte) (MASKED | content.length);
        System.arraycopy(content, 0, frame, 6, content.length);
        socket.getOutputStream().write(frame);
    }

    /** Reads short frames until the server closes.
     * @return the status that it names */
    int closed() throws IOException {
        while (true) {
            int type = in.readUnsignedByte();
            int length = in.readUnsignedByte();
            if (type == CLOSE) {
                return in.readUnsignedShort();
            }
            in.skipNBytes(length);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
