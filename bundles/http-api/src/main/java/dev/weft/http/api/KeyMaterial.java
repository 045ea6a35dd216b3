package dev.weft.http.api;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Certificate and key of the server, as files hold them.
 *
 * @param certificate PEM or PKCS#12
 * @param key PEM, or null
 * @param password of the PKCS#12 file, and of the store in memory
 */
record KeyMaterial(Path certificate, Path key, char[] password) {
    private static final Pattern KEY =
            Pattern.compile(
                    "-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    /** Reads the files.
     * @return a store with one key and its chain
     * @throws IOException if a file cannot be read or holds something else; the message says which and what to do */
    KeyStore read() throws IOException {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            if (key == null) {
                try (var in = Files.newInputStream(certificate)) {
                    store.load(in, password);
                }
                return store;
            }
            store.load(null, null);
            Certificate[] chain =
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(
                                    new ByteArrayInputStream(Files.readAllBytes(certificate)))
                            .toArray(Certificate[]::new);
            if (chain.length == 0) {
                throw new IOException(certificate + " holds no certificate in PEM form");
            }
            store.setKeyEntry("weft", privateKey(), password, chain);
            return store;
        } catch (GeneralSecurityException e) {
            throw new IOException(
                    certificate
                            + (key == null ? "" : " or " + key)
                            + " holds no certificate and key that fit ("
                            + e.getMessage()
                            + ")",
                    e);
        }
    }

    private PrivateKey privateKey() throws IOException, GeneralSecurityException {
        Matcher pem = KEY.matcher(Files.readString(key, StandardCharsets.ISO_8859_1));
        if (!pem.find()) {
            throw new IOException(
                    key
                            + " holds no private key in PKCS#8 form; convert it with: openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW");
        }
        PKCS8EncodedKeySpec spec =
                new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem.group(1)));
        for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(spec);
            } catch (InvalidKeySpecException another) {
                // the next algorithm may know it
            }
        }
        throw new IOException(key + " holds a key of a kind that this JVM does not know");
    }

    /** Changes when a file does. */
    String stamp() {
        StringBuilder stamp = new StringBuilder();
        for (Path file : key == null ? List.of(certificate) : List.of(certificate, key)) {
            try {
                stamp.append(Files.getLastModifiedTime(file)).append(' ').append(Files.size(file));
            } catch (IOException gone) {
                stamp.append("gone");
            }
            stamp.append(';');
        }
        return stamp.toString();
    }
}
