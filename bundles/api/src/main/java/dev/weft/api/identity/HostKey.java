package dev.weft.api.identity;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.EdECPublicKey;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;

/**
 * The Ed25519 key pair (RFC 8032) of a host, and its file: two lines of base64, PKCS#8 private key and X.509 public key,
 * readable by the owner only. The host and {@code weft pair} share it. Immutable.
 */
public final class HostKey {
    private final PrivateKey privateKey;
    private final String publicKey;

    private HostKey(PrivateKey privateKey, PublicKey publicKey) {
        this.privateKey = privateKey;
        this.publicKey = encode((EdECPublicKey) publicKey);
    }

    /** Reads the key of a host, or makes it if there is none.
     * @param file where it is kept; its folder is made if absent
     * @return the key
     * @throws IOException if the file cannot be read or made, or holds something else */
    public static HostKey loadOrCreate(Path file) throws IOException {
        try {
            if (!Files.exists(file)) {
                create(file);
            }
            var lines = Files.readAllLines(file);
            if (lines.size() < 2) {
                throw new IOException(
                        file
                                + " is not a host key; restore it from a backup, or remove it and pair this host again");
            }
            KeyFactory keys = KeyFactory.getInstance("Ed25519");
            return new HostKey(
                    keys.generatePrivate(
                            new PKCS8EncodedKeySpec(Base64.getDecoder().decode(lines.get(0)))),
                    keys.generatePublic(
                            new X509EncodedKeySpec(Base64.getDecoder().decode(lines.get(1)))));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException(
                    file
                            + " is not a host key; restore it from a backup, or remove it and pair this host again",
                    e);
        }
    }

    private static void create(Path file) throws IOException, GeneralSecurityException {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        Base64.Encoder base64 = Base64.getEncoder();
        String text =
                base64.encodeToString(pair.getPrivate().getEncoded())
                        + "\n"
                        + base64.encodeToString(pair.getPublic().getEncoded())
                        + "\n";
        try {
            SecretFile.create(file, text);
        } catch (FileAlreadyExistsException raced) {
            // another process of the same owner made it first: its key is as good
        }
    }

    /** The public half.
     * @return base64url without padding of the 32 raw bytes */
    public String publicKey() {
        return publicKey;
    }

    /** Signs a message.
     * @param message any bytes
     * @return 64 bytes */
    public byte[] sign(byte[] message) {
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(privateKey);
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM cannot sign with Ed25519", e);
        }
    }

    /** Checks a signature.
     * @param publicKey base64url of 32 raw bytes
     * @param message what was signed
     * @param signature what the other side sent
     * @return true if it fits; false also if the key or the signature is malformed */
    public static boolean verify(String publicKey, byte[] message, byte[] signature) {
        try {
            byte[] raw = Base64.getUrlDecoder().decode(publicKey);
            if (raw.length != 32) {
                return false;
            }
            Signature check = Signature.getInstance("Ed25519");
            check.initVerify(
                    KeyFactory.getInstance("Ed25519")
                            .generatePublic(
                                    new EdECPublicKeySpec(NamedParameterSpec.ED25519, point(raw))));
            check.update(message);
            return check.verify(signature);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return false;
        }
    }

    private static String encode(EdECPublicKey key) {
        byte[] y = key.getPoint().getY().toByteArray();
        byte[] raw = new byte[32];
        for (int i = 0; i < y.length && i < 32; i++) {
            raw[i] = y[y.length - 1 - i]; // big endian to little endian
        }
        if (key.getPoint().isXOdd()) {
            raw[31] |= (byte) 0x80;
        }
        return Base64.getUrlEncoder().withoutPadding().encodeToString(raw);
    }

    private static EdECPoint point(byte[] raw) {
        byte[] y = new byte[32];
        for (int i = 0; i < 32; i++) {
            y[i] = raw[31 - i];
        }
        boolean xOdd = (y[0] & 0x80) != 0;
        y[0] &= 0x7f;
        return new EdECPoint(xOdd, new BigInteger(1, y));
    }
}
