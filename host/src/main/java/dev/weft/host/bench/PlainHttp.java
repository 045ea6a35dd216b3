package dev.weft.host.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.protocol.Wire;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** One HTTP/1.1 connection that is kept alive, with so little on this side that the other side is what is measured. Not thread-safe. */
final class PlainHttp implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 60_000;
    private final Socket socket;
    private final InputStream in;
    private final String credential;

    /** Connects with an access key. */
    PlainHttp(int port, String key) throws IOException {
        this(port, "X-API-Key", key);
    }

    /** Connects with a credential.
     * @param header that carries it */
    PlainHttp(int port, String header, String value) throws IOException {
        this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        this.in = new BufferedInputStream(socket.getInputStream(), 1 << 14);
        this.credential = header + ": " + value;
    }

    /** Asks, and reads the whole answer.
     * @param body JSON, or null
     * @return the body of the answer
     * @throws IOException if the answer is no 200 */
    String call(String method, String path, String body) throws IOException {
        send(method, path, body);
        return read(method + " " + path, true);
    }

    /** Asks, and reads the whole answer, whatever its status.
     * @return JSON of the answer
     * @throws IOException if the connection fails */
    JsonNode tryCall(String method, String path, String body) throws IOException {
        send(method, path, body);
        return Wire.tree(read(method + " " + path, false));
    }

    private void send(String method, String path, String body) throws IOException {
        byte[] content = body == null ? new byte[0] : body.getBytes(StandardCharsets.UTF_8);
        String head =
                method
                        + " "
                        + path
                        + " HTTP/1.1\r\nHost: localhost\r\n"
                        + credential
                        + (body == null ? "" : "\r\nContent-Type: application/json")
                        + "\r\nContent-Length: "
                        + content.length
                        + "\r\n\r\n";
        byte[] first = head.getBytes(StandardCharsets.ISO_8859_1);
        byte[] request = new byte[first.length + content.length];
        System.arraycopy(first, 0, request, 0, first.length);
        System.arraycopy(content, 0, request, first.length, content.length);
        socket.getOutputStream().write(request);
    }

    private String read(String what, boolean onlyGood) throws IOException {
        String status = line();
        int length = 0;
        for (String header = line(); !header.isEmpty(); header = line()) {
            if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                length = Integer.parseInt(header.substring(15).strip());
            }
        }
        String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
        if (onlyGood && !status.startsWith("HTTP/1.1 200")) {
            throw new IOException(what + " was answered " + status + " " + body);
        }
        return body;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new IOException("the connection ended");
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
