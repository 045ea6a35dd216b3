package dev.weft.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.weft.api.identity.Principal;
import dev.weft.api.identity.Role;
import dev.weft.api.identity.Tokens;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * JWT, HS256 only, signed with the newest secret of the {@link Vault}, so that tokens outlive a restart. A token that was made
 * from an access key ends with that key.
 */
@Component(configurationPid = "dev.weft.identity")
@Designate(ocd = SignedTokens.Config.class)
public final class SignedTokens implements Tokens {
    /** How long a secret signs, and how long what it signed is good. */
    @ObjectClassDefinition(name = "Weft identity")
    public @interface Config {
        /** Days after which a new secret signs.
         * @return 1 to 3650 */
        @AttributeDefinition(description = "days after which tokens are signed with a new secret")
        int rotation__days() default 30;

        /** Seconds that a token lives.
         * @return 10 to 3600 */
        @AttributeDefinition(
                description = "seconds after which a token must be replaced",
                min = "10",
                max = "3600")
        int token__seconds() default (int) LIFE_SECONDS;
    }

    private static final Logger LOG = LoggerFactory.getLogger(SignedTokens.class);
    private static final int MAX_LENGTH = 8 << 10;
    private static final String GENERATION = "gen";

    private final Clock clock;
    private final StoredKeys keys;
    private final Duration period;
    private final Duration life;
    private final SigningSecrets stored;
    private final Runnable unwatch;
    private volatile List<SigningSecrets.One> secrets;

    /** Reads the secrets, or makes the first.
     * @param vault where the secrets are kept
     * @param keys which access keys are good
     * @param config how long a secret signs and a token lives
     * @throws IllegalStateException if the secret is damaged or the directory cannot be used */
    @Activate
    public SignedTokens(@Reference Vault vault, @Reference StoredKeys keys, Config config) {
        this(
                vault,
                keys,
                Duration.ofDays(Math.max(1, Math.min(3650, config.rotation__days()))),
                Duration.ofSeconds(Math.max(10, Math.min(3600, config.token__seconds()))),
                Clock.systemUTC());
    }

    SignedTokens(Vault vault, StoredKeys keys, Duration period, Duration life, Clock clock) {
        this.clock = clock;
        this.keys = keys;
        this.period = period;
        this.life = life;
        this.stored = new SigningSecrets(vault, life);
        this.secrets = stored.read(clock.instant());
        this.unwatch = vault.watch(() -> secrets = stored.read(clock.instant()));
    }

    /** Stops watching the secrets. */
    @Deactivate
    public void close() {
        unwatch.run();
    }

    @Override
    public Duration life() {
        return life;
    }

    @Override
    public String issue(Principal principal) {
        Instant now = clock.instant();
        SigningSecrets.One secret = signing(now);
        JWTClaimsSet.Builder claims =
                new JWTClaimsSet.Builder()
                        .subject(principal.subject())
                        .claim("role", principal.role().wireName())
                        .issueTime(Date.from(now))
                        .expirationTime(Date.from(now.plus(life)));
        if (isKeyHolder(principal)) {
            keys.generation(principal.subject())
                    .filter(generation -> generation > 0)
                    .ifPresent(generation -> claims.claim(GENERATION, generation));
        }
        JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.HS256).keyID(secret.kid()).build();
        SignedJWT jwt = new SignedJWT(header, claims.build());
        try {
            jwt.sign(new MACSigner(secret.bytes()));
        } catch (JOSEException e) {
            throw new IllegalStateException("the token cannot be signed", e);
        }
        return jwt.serialize();
    }

    /** The newest secret; a newer one if it has signed for long enough. */
    private SigningSecrets.One signing(Instant now) {
        if (now.isAfter(secrets.get(0).since().plus(period))) {
            try {
                renew(secrets.get(0), now);
            } catch (IllegalStateException e) {
                LOG.warn("tokens go on being signed with the old secret: {}", e.getMessage());
            }
        }
        return secrets.stream()
                .filter(secret -> !secret.since().isAfter(now))
                .findFirst()
                .orElse(secrets.get(0));
    }

    @Override
    public String rotate() {
        return renew(null, clock.instant());
    }

    private synchronized String renew(SigningSecrets.One old, Instant now) {
        String before = secrets.get(0).kid();
        secrets = stored.rotate(old, now);
        String kid = secrets.get(0).kid();
        if (!kid.equals(before)) {
            LOG.info("tokens are signed with the new secret {}", kid);
        }
        return kid;
    }

    @Override
    public Optional<Principal> verify(String token) {
        return good(token).flatMap(SignedTokens::principal);
    }

    @Override
    public Optional<Instant> expires(String token) {
        return good(token).map(claims -> claims.getExpirationTime().toInstant());
    }

    private Optional<JWTClaimsSet> good(String token) {
        if (token == null || token.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        try {
            SignedJWT jwt = SignedJWT.parse(token);
            if (!JWSAlgorithm.HS256.equals(jwt.getHeader().getAlgorithm()) || !isOurs(jwt)) {
                return Optional.empty();
            }
            return Optional.of(jwt.getJWTClaimsSet()).filter(this::isGood);
        } catch (ParseException
                | JOSEException
                | RuntimeException e) { // whatever a stranger's text makes the parser throw
            return Optional.empty();
        }
    }

    /** Tokens of earlier versions have no {@code kid}. */
    private boolean isOurs(SignedJWT jwt) throws JOSEException {
        String kid = jwt.getHeader().getKeyID();
        for (SigningSecrets.One secret : secrets) {
            if ((kid == null || kid.equals(secret.kid()))
                    && jwt.verify(new MACVerifier(secret.bytes()))) {
                return true;
            }
        }
        return false;
    }

    private boolean isGood(JWTClaimsSet claims) {
        Instant now = clock.instant();
        Date issued = claims.getIssueTime();
        Date expires = claims.getExpirationTime();
        return claims.getSubject() != null
                && issued != null
                && expires != null
                && !issued.toInstant().isAfter(now)
                && expires.toInstant().isAfter(now)
                && principal(claims).filter(holder -> isKeyGood(holder, claims)).isPresent();
    }

    private boolean isKeyGood(Principal holder, JWTClaimsSet claims) {
        if (!isKeyHolder(holder)) {
            return true;
        }
        Object generation = claims.getClaim(GENERATION);
        return keys.accepts(
                holder.subject(), generation instanceof Number number ? number.intValue() : 0);
    }

    private static Optional<Principal> principal(JWTClaimsSet claims) {
        return claims.getClaim("role") instanceof String role
                ? Optional.of(new Principal(claims.getSubject(), Role.of(role)))
                : Optional.empty();
    }

    /** Agents are members of the mesh, which is not for this room to know; everybody else holds a key. */
    private static boolean isKeyHolder(Principal principal) {
        return principal.role() != Role.AGENT || principal.subject().startsWith(StoredKeys.ID);
    }
}
