package dev.weft.transport.relay;

import dev.weft.api.identity.HostIdentity;
import java.time.Instant;

/** A key pair of this host for one seal, signed before it is known with whom: making and signing it takes longer than all else before a first result. */
final class Prekey {
    private final SealKeys keys = new SealKeys();
    private final PublicPrekey shown;

    /** Makes and signs one.
     * @param now by this host's clock */
    Prekey(HostIdentity self, Instant now) {
        long expires = now.plus(PublicPrekey.LIFE).getEpochSecond();
        String text = PublicPrekey.signedText(self.agentId(), keys.publicKey(), expires);
        shown =
                new PublicPrekey(
                        self.agentId(),
                        self.publicKey(),
                        keys.publicKey(),
                        expires,
                        Signatures.sign(self, text));
    }

    /** What peers see of it. */
    PublicPrekey shown() {
        return shown;
    }

    SealKeys keys() {
        return keys;
    }

    /** When it must not be sent any more. */
    Instant staleAt() {
        return Instant.ofEpochSecond(shown.expires()).minus(PublicPrekey.SKEW);
    }
}
