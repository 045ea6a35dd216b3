package dev.weft.host.doctor;

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
import java.util.HashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** As much of STUN (RFC 8489) and TURN (RFC 8656) as it takes to ask for a relayed address over UDP. */
public final class TurnClient implements AutoCloseable {
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
    private static final int HEAD = 20;

    private static final int TRIES = 3;
    private static final int PATIENCE_MILLIS = 1000;

    private final DatagramSocket socket = new DatagramSocket();
    private final SecureRandom random = new SecureRandom();

    /** Sends nothing yet.
     * @param server its address, which is known
     * @throws IOException if there is no way there */
    public TurnClient(InetSocketAddress server) throws IOException {
        socket.connect(server);
        socket.setSoTimeout(PATIENCE_MILLIS);
    }

    /** Asks for a sign of life, which STUN servers answer too.
     * @return true if it answers as it should
     * @throws IOException if it does not answer, or the port is closed */
    public boolean answersBinding() throws IOException {
        return ask(message(BINDING, new byte[0])).type == (BINDING | SUCCESS);
    }

    /** Asks for a relayed address with long-term credentials.
     * @param user name
     * @param password that belongs to it
     * @return {@code relayed ADDRESS} or {@code error CODE}
     * @throws IOException if it does not answer
     * @throws GeneralSecurityException if this Java lacks MD5 or HMAC-SHA1 */
    public String allocate(String user, String password)
            throws IOException, GeneralSecurityException {
        byte[] transport = attribute(TRANSPORT, new byte[] {17, 0, 0, 0});
        Answer challenge = ask(message(ALLOCATE, transport));
        byte[] realm = challenge.attributes.get(REALM);
        byte[] nonce = challenge.attributes.get(NONCE);
        if (realm == null || nonce == null) {
            return "error " + challenge.error();
        }
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
            return "error " + answer.error();
        }
        byte[] address = Arrays.copyOfRange(relayed, 4, relayed.length);
        if (address.length == 4) {
            ByteBuffer.wrap(address).putInt(0, ByteBuffer.wrap(address).getInt(0) ^ COOKIE);
            return "relayed " + InetAddress.getByAddress(address).getHostAddress();
        }
        return "relayed"; // an IPv6 address is masked with the transaction too, and nobody needs it
    }

    private static byte[] hmac(byte[] key, byte[] text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA1");
        mac.init(new SecretKeySpec(key, "HmacSHA1"));
        return mac.doFinal(text);
    }

    private byte[] message(int type, byte[] body) {
        byte[] transaction = new byte[12];
        random.nextBytes(transaction);
        return ByteBuffer.allocate(HEAD + body.length)
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
        for (int attempt = 0; attempt < TRIES; attempt++) {
            socket.send(new DatagramPacket(request, request.length));
            DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
            try {
                socket.receive(packet);
                if (packet.getLength() >= HEAD
                        && Arrays.equals(buffer, 4, HEAD, request, 4, HEAD)) {
                    return Answer.read(ByteBuffer.wrap(buffer, 0, packet.getLength()));
                }
            } catch (SocketTimeoutException e) {
                // UDP may lose it: ask again
            }
        }
        throw new SocketTimeoutException("the server does not answer");
    }

    /** Gives the port back; the server forgets the allocation by itself. */
    @Override
    public void close() {
        socket.close();
    }

    private record Answer(int type, Map<Integer, byte[]> attributes) {
        int error() {
            byte[] error = attributes.get(ERROR);
            return error == null || error.length < 4 ? 0 : error[2] * 100 + error[3];
        }

        /** Stops at what is cut short. */
        static Answer read(ByteBuffer packet) {
            int type = packet.getShort(0) & 0xFFFF;
            packet.position(HEAD);
            Map<Integer, byte[]> attributes = new HashMap<>();
            while (packet.remaining() >= 4) {
                int name = packet.getShort() & 0xFFFF;
                int length = packet.getShort() & 0xFFFF;
                if (length > packet.remaining()) {
                    break;
                }
                byte[] value = new byte[length];
                packet.get(value);
                packet.position(Math.min(packet.limit(), packet.position() + (-value.length & 3)));
                attributes.put(name, value);
            }
            return new Answer(type, attributes);
        }
    }
}
