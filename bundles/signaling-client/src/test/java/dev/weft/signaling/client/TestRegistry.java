package dev.weft.signaling.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.protocol.SignalMessage;
import dev.weft.protocol.Wire;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A registry for tests: HTTP/1.1 and RFC 6455 on one port, each connection on its own thread, every switch a field. */
final class TestRegistry implements AutoCloseable {
    final List<String> requests = new CopyOnWriteArrayList<>();
    final List<SignalMessage> frames = new CopyOnWriteArrayList<>();
    final List<Integer> closeCodes = new CopyOnWriteArrayList<>();
    final Map<String, String> answers = new ConcurrentHashMap<>();
    final AtomicInteger tokens = new AtomicInteger();
    final AtomicInteger handshakes = new AtomicInteger();
    final List<Peer> peers = new CopyOnWriteArrayList<>();
    volatile int tokenStatus = 200;
    volatile String peerId = "agent-me";
    volatile String peerList = "[]";
    volatile String goodToken = "";
    volatile boolean acceptsAnyToken = true;
    volatile boolean registers = true;
    volatile boolean reads = true;
    volatile boolean pongs = true;
    final AtomicInteger pings = new AtomicInteger();
    volatile boolean hangsOnDelete;
    volatile byte[] file = new byte[0]; // what is at /file
    volatile boolean resumes = true;
    final AtomicInteger cuts = new AtomicInteger(); // how often it ends in the middle
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    volatile CountDownLatch cards = new CountDownLatch(0); // a card is answered after it
    private final CountDownLatch closed = new CountDownLatch(1);
    private final ServerSocket server;
    private volatile boolean away;

    TestRegistry() throws IOException {
        server = listen();
        answers.put("GET /api/registry/agents", "[]");
        answers.put("GET /api/config", "{\"iceServers\":[]}");
    }

    private ServerSocket listen() throws IOException {
        ServerSocket fresh = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(() -> accept(fresh), "test-registry");
        thread.setDaemon(true);
        thread.start();
        return fresh;
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    /** Goes away: who calls is cut off at once. The port stays its own. */
    void leave() throws IOException {
        away = true;
        for (Socket socket : sockets) {
            socket.close(); // kept-alive ones too: the client may open its WebSocket on one of them
        }
    }

    /** Is back. */
    void comeBack() {
        away = false;
    }

    @Override
    public void close() throws IOException {
        server.close();
        closed.countDown();
        leave();
    }

    long count(String request) {
        return requests.stream().filter(line -> line.startsWith(request)).count();
    }

    Peer peer() {
        return peers.get(peers.size() - 1);
    }

    private void accept(ServerSocket from) {
        while (!from.isClosed()) {
            try {
                Socket socket = from.accept();
                sockets.add(socket);
                if (away) {
                    socket.close();
                    continue;
                }
                Thread thread = new Thread(() -> serve(socket), "test-connection");
                thread.setDaemon(true);
                thread.start();
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            DataInputStream in =
                    new DataInputStream(new BufferedInputStream(socket.getInputStream()));
            for (String line = line(in); !line.isEmpty(); line = line(in)) {
                Map<String, String> headers = new ConcurrentHashMap<>();
                for (String header = line(in); !header.isEmpty(); header = line(in)) {
                    headers.put(
                            header.substring(0, header.indexOf(':')).toLowerCase(),
                            header.substring(header.indexOf(':') + 1).strip());
                }
                byte[] body =
                        in.readNBytes(
                                Integer.parseInt(headers.getOrDefault("content-length", "0")));
                if (headers.containsKey("sec-websocket-key")) {
                    upgrade(socket, in, headers);
                    return;
                }
                answer(
                        socket.getOutputStream(),
                        line.substring(0, line.lastIndexOf(' ')),
                        headers,
                        new String(body, StandardCharsets.UTF_8));
            }
        } catch (IOException | GeneralSecurityException | InterruptedException gone) {
            // the other side went
        }
    }

    private static String line(DataInputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    private boolean good(Map<String, String> headers) {
        return acceptsAnyToken || ("Bearer " + goodToken).equals(headers.get("authorization"));
    }

    private void answer(OutputStream out, String request, Map<String, String> headers, String body)
            throws IOException, InterruptedException {
        // what a test sets once it has seen the request is for the next one
        int forToken = tokenStatus;
        boolean good = good(headers);
        int status = 200;
        String text = answers.getOrDefault(request.replaceAll("\\?.*", ""), "{}");
        requests.add(request + " " + body);
        if (request.equals("POST /api/registry/agents")) {
            cards.await();
        }
        if (request.equals("POST /api/token")) {
            status = forToken;
            requests.add("device token " + headers.get("x-device-token"));
            text =
                    status == 200
                            ? "{\"token\":\"t"
                                    + tokens.incrementAndGet()
                                    + "\",\"peer_id\":\""
                                    + peerId
                                    + "\",\"role\":\"agent\"}"
                            : "{\"detail\":\"who are you?\"}";
        } else if (!good) {
            status = 401;
        } else if (request.startsWith("DELETE") && hangsOnDelete) {
            closed.await();
        } else if (text.matches("[0-9]{3} .*")) {
            status = Integer.parseInt(text.substring(0, 3));
            text = text.substring(4);
        }
        if (request.equals("GET /file") && status == 200) {
            file(out, headers);
            return;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        String link =
                answers.containsKey(request + " next")
                        ? "Link: " + answers.get(request + " next") + "\r\n"
                        : "";
        out.write(
                ("HTTP/1.1 "
                                + status
                                + " x\r\n"
                                + link
                                + "Content-Length: "
                                + bytes.length
                                + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        out.write(bytes);
        out.flush();
    }

    /** Gives a third of the file each time that it is cut. */
    private void file(OutputStream out, Map<String, String> headers) throws IOException {
        byte[] all = file;
        String tag = "\"" + Arrays.hashCode(all) + "\"";
        boolean rest = resumes && tag.equals(headers.get("if-range"));
        int from = rest ? Integer.parseInt(headers.get("range").replaceAll("[^0-9]", "")) : 0;
        requests.add(from > 0 ? "the rest" : "the whole");
        out.write(
                ("HTTP/1.1 "
                                + (rest ? 206 : 200)
                                + " x\r\nETag: "
                                + tag
                                + "\r\nContent-Range: bytes "
                                + from
                                + "-"
                                + (all.length - 1)
                                + "/"
                                + all.length
                                + "\r\nContent-Length: "
                                + (all.length - from)
                                + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        boolean cut = cuts.getAndDecrement() > 0;
        out.write(all, from, cut ? Math.min(all.length / 3, all.length - from) : all.length - from);
        out.flush();
        if (cut) {
            throw new IOException("cut");
        }
    }

    private void upgrade(Socket socket, DataInputStream in, Map<String, String> headers)
            throws IOException, GeneralSecurityException, InterruptedException {
        handshakes.incrementAndGet();
        OutputStream out = socket.getOutputStream();
        if (!good(headers)) {
            out.write(
                    "HTTP/1.1 401 x\r\nContent-Length: 0\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            return;
        }
        byte[] hash =
                MessageDigest.getInstance("SHA-1")
                        .digest(
                                (headers.get("sec-websocket-key")
                                                + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
                                        .getBytes(StandardCharsets.US_ASCII));
        out.write(
                ("HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
                                + Base64.getEncoder().encodeToString(hash)
                                + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        Peer peer = new Peer(socket, out);
        peers.add(peer);
        StringBuilder text = new StringBuilder();
        while (true) {
            while (!reads) {
                Thread.currentThread().join(20);
            }
            int first = in.readUnsignedByte();
            int size = in.readUnsignedByte() & 0x7f;
            long length = size == 126 ? in.readUnsignedShort() : size == 127 ? in.readLong() : size;
            byte[] mask = in.readNBytes(4);
            byte[] data = in.readNBytes((int) length);
            for (int i = 0; i < data.length; i++) {
                data[i] ^= mask[i % 4];
            }
            int opcode = first & 0x0f;
            if (opcode == 8) {
                closeCodes.add((int) ByteBuffer.wrap(data).getShort());
                return;
            } else if (opcode == 9) {
                pings.incrementAndGet();
                if (pongs) {
                    peer.frame(0x8a, data);
                }
            } else if (opcode <= 1) {
                text.append(new String(data, StandardCharsets.UTF_8));
                if ((first & 0x80) != 0) {
                    received(peer, text.toString());
                    text.setLength(0);
                }
            }
        }
    }

    private void received(Peer peer, String text) {
        SignalMessage message = Wire.signal(text);
        frames.add(message);
        if (message.type().equals(SignalMessage.REGISTER) && registers) {
            peer.push(SignalMessage.PEER_LIST, Wire.tree("{\"peers\":" + peerList + "}"));
        }
    }

    /** The registry's end of a socket. */
    static final class Peer {
        private final Socket socket;
        private final OutputStream out;

        private Peer(Socket socket, OutputStream out) {
            this.socket = socket;
            this.out = out;
        }

        void push(String type, JsonNode payload) {
            text(Wire.write(new SignalMessage(type, SignalMessage.REGISTRY, null, payload)));
        }

        void text(String text) {
            frame(0x81, text.getBytes(StandardCharsets.UTF_8));
        }

        void closeWith(int code) {
            frame(0x88, new byte[] {(byte) (code >> 8), (byte) code});
        }

        synchronized void frame(int first, byte[] data) {
            try {
                ByteBuffer head = ByteBuffer.allocate(10).put((byte) first);
                if (data.length < 126) {
                    head.put((byte) data.length);
                } else if (data.length < 65_536) {
                    head.put((byte) 126).putShort((short) data.length);
                } else {
                    head.put((byte) 127).putLong(data.length);
                }
                out.write(head.array(), 0, head.position());
                out.write(data);
                out.flush();
            } catch (IOException gone) {
                cut();
            }
        }

        void cut() {
            try {
                socket.close();
            } catch (IOException closed) {
                // it was
            }
        }
    }
}
