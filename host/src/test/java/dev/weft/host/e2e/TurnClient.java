package dev.weft.host.e2e;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** As much of STUN (RFC 8489) and TURN (RFC 8656) as it takes to ask for a relayed address over UDP. */
final class TurnClient implements AutoCloseable {
    private static final int BINDING = 0x0001;
    private static final int ALLOCATE = 0x0003;
    private static final int SUCCESS = 0x0100;
    private static final int USERNAME = 0x0006;
    private static final int INTEGRITY = 0x0008;
    private static final int ERROR = 0x0009;
    private static final int REALM = 0x0014;
    private static final int NONCE = 0x0015;
    private static final int RELAYED = 0x0016;
    private static final int TRANSPORT = 0x0019;
    private static final int COOKIE = 0x2112A442;

    private final DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    private final SecureRandom random = new SecureRandom();

    TurnClient(int port) throws IOException {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.setSoTimeout(1000);
    }

    boolean answersBinding() throws IOException {
        return ask(message(BINDING, new byte[0])).type == (BINDING | SUCCESS);
    }

    /** Asks for a relayed address with long-term credentials.
     * @return {@code relayed ADDRESS} or {@code error CODE} */
    String allocate(String user, String password) throws IOException, GeneralSecurityException {
        byte[] transport = attribute(TRANSPORT, new byte[] {17, 0, 0, 0});
        Answer challenge = ask(message(ALLOCATE, transport));
        byte[] realm = challenge.attributes.get(REALM);
        byte[] nonce = challenge.attributes.get(NONCE);
        byte[] body =
                join(
                        transport,
                        attribute(USERNAME, user.getBytes(StandardCharsets.UTF_8)),
                        attribute(REALM, realm),
                        attribute(NONCE, nonce));
        byte[] message = message(ALLOCATE, body);
        // the length that is signed counts the signature, which is 24 bytes with its head
        ByteBuffer.wrap(message).putShort(2, (short) (body.length + 24));
        String text = user + ":" + new String(realm, StandardCharsets.UTF_8) + ":" + password;
        byte[] key = MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8));
        Answer answer = ask(join(message, attribute(INTEGRITY, hmac(key, message))));
        byte[] relayed = answer.attributes.get(RELAYED);
        if (answer.type != (ALLOCATE | SUCCESS) || relayed == null) {
            byte[] error = answer.attributes.getOrDefault(ERROR, new byte[4]);
            return "error " + (error[2] * 100 + error[3]);
        }
        byte[] address = Arrays.copyOfRange(relayed, 4, 8);
        ByteBuffer.wrap(address).putInt(0, ByteBuffer.wrap(address).getInt(0) ^ COOKIE);
        return "relayed " + InetAddress.getByAddress(address).getHostAddress();
    }

    /** The password that belongs to a name, by the secret shared with the server. */
    static String sign(String secret, String user) throws GeneralSecurityException {
        return Base64.getEncoder()
                .encodeToString(
                        hmac(
                                secret.getBytes(StandardCharsets.UTF_8),
                                user.getBytes(StandardCharsets.UTF_8)));
    }

    private static byte[] hmac(byte[] key, byte[] text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA1");
        mac.init(new SecretKeySpec(key, "HmacSHA1"));
        return mac.doFinal(text);
    }

    private byte[] message(int type, byte[] body) {
        byte[] transaction = new byte[12];
        random.nextBytes(transaction);
        return ByteBuffer.allocate(20 + body.length)
                .putShort((short) type)
                .putShort((short) body.length)
                .putInt(COOKIE)
                .put(transaction)
                .put(body)
                .array();
    }

    private static byte[] attribute(int type, byte[] value) {
        return ByteBuffer.allocate(4 + (value.length + 3) / 4 * 4)
                .putShort((short) type)
                .putShort((short) value.length)
                .put(value)
                .array();
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private Answer ask(byte[] request) throws IOException {
        byte[] buffer = new byte[1500];
        for (int attempt = 0; attempt < 5; attempt++) {
            socket.send(new DatagramPacket(request, request.length));
            DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
            try {
                socket.receive(packet);
                return Answer.read(ByteBuffer.wrap(buffer, 0, packet.getLength()));
            } catch (SocketTimeoutException e) {
                // UDP may lose it: ask again
            }
        }
        throw new SocketTimeoutException("the server does not answer");
    }

    @Override
    public void close() {
        socket.close();
    }

    private record Answer(int type, Map<Integer, byte[]> attributes) {
        static Answer read(ByteBuffer packet) {
            int type = packet.getShort(0) & 0xFFFF;
            packet.position(20);
            Map<Integer, byte[]> attributes = new HashMap<>();
            while (packet.remaining() >= 4) {
                int name = packet.getShort() & 0xFFFF;
                byte[] value = new byte[packet.getShort() & 0xFFFF];
                packet.get(value);
                packet.position(Math.min(packet.limit(), packet.position() + (-value.length & 3)));
                attributes.put(name, value);
            }
            return new Answer(type, attributes);
        }
    }
}
