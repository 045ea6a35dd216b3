package dev.weft.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.weft.api.identity.Principal;
import dev.weft.api.identity.Role;
import dev.weft.protocol.Wire;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Date;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignedTokensTest {
    private static final Duration LIFE = Duration.ofSeconds(300);
    private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);
    private static final Principal AGENT = new Principal("agent-a1b2c3", Role.AGENT);

    @TempDir Path data;
    private SignedTokens tokens;

    @BeforeEach
    void open() {
        tokens = at(NOW);
    }

    private SignedTokens at(Instant now) {
        return at(data, now);
    }

    private static SignedTokens at(Path data, Instant now) {
        return open(data, Clock.fixed(now, ZoneOffset.UTC));
    }

    private static SignedTokens open(Path data, Clock clock) {
        return new SignedTokens(
                new FileVault(new DataFolder(data)),
                keys(data, clock),
                Duration.ofDays(30),
                LIFE,
                clock);
    }

    private static StoredKeys keys(Path data, Clock clock) {
        return new StoredKeys(
                new DataFolder(data),
                new FileVault(new DataFolder(data)),
                new DirectExecutor(),
                clock);
    }

    @Test
    void a_new_secret_signs_at_once_and_cuts_nobody_off() {
        MovableClock clock = new MovableClock();
        SignedTokens rotating = open(data, clock);
        String before = rotating.issue(AGENT);
        String kid = rotating.rotate();
        String after = rotating.issue(AGENT);
        assertEquals(kid, json(after.split("\\.")[0]).path("kid").asText());
        assertFalse(kid.equals(json(before.split("\\.")[0]).path("kid").asText()));
        SignedTokens restarted = open(data, clock);
        for (SignedTokens one : new SignedTokens[] {rotating, restarted}) {
            assertEquals(Optional.of(AGENT), one.verify(before));
            assertEquals(Optional.of(AGENT), one.verify(after));
        }
        clock.move(Duration.ofSeconds(299));
        rotating.rotate();
        rotating.rotate();
        assertEquals(Optional.of(AGENT), rotating.verify(before), "still within its time");
        clock.move(Duration.ofDays(1));
        rotating.rotate();
        assertEquals(2, lines(), "secrets whose tokens are gone are dropped");
    }

    private int lines() {
        try {
            return Files.readAllLines(data.resolve("keys/token.secret")).size();
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void a_secret_is_replaced_by_itself_after_its_period() {
        MovableClock clock = new MovableClock();
        SignedTokens rotating = open(data, clock);
        String first = rotating.issue(AGENT);
        clock.move(Duration.ofDays(30).plusSeconds(1));
        String second = rotating.issue(AGENT);
        assertFalse(
                json(first.split("\\.")[0])
                        .path("kid")
                        .equals(json(second.split("\\.")[0]).path("kid")));
        assertEquals(Optional.of(AGENT), rotating.verify(second));
    }

    @Test
    void a_secret_of_an_earlier_version_goes_on_and_so_do_its_tokens() throws Exception {
        byte[] old = new byte[32];
        new Random(5).nextBytes(old);
        Files.writeString(
                data.resolve("keys/token.secret"), Base64.getEncoder().encodeToString(old) + "\n");
        SignedTokens upgraded = at(NOW);
        String token = forged(JWSAlgorithm.HS256, old, claims -> {});
        assertEquals(Optional.of(AGENT), upgraded.verify(token));
        upgraded.rotate();
        assertEquals(Optional.of(AGENT), upgraded.verify(token));
    }

    @Test
    void a_token_made_from_a_key_ends_with_the_key() {
        MovableClock clock = new MovableClock();
        StoredKeys keys = keys(data, clock);
        SignedTokens bound =
                new SignedTokens(
                        new FileVault(new DataFolder(data)),
                        keys,
                        Duration.ofDays(30),
                        LIFE,
                        clock);
        String id = keys.create(Role.OPERATOR, "", clock.instant().plusSeconds(200)).id();
        Principal holder = new Principal(id, Role.OPERATOR);
        String first = bound.issue(holder);
        assertEquals(Optional.of(holder), bound.verify(first));
        keys.rotate(id, Duration.ofSeconds(10));
        String second = bound.issue(holder);
        assertTrue(bound.verify(first).isPresent(), "in the grace period");
        clock.move(Duration.ofSeconds(10));
        assertEquals(Optional.empty(), bound.verify(first));
        assertTrue(bound.verify(second).isPresent());
        keys.rotate(id, Duration.ZERO);
        assertEquals(Optional.empty(), bound.verify(second), "no grace");
        String third = bound.issue(holder);
        assertTrue(bound.verify(third).isPresent());
        clock.move(Duration.ofSeconds(190));
        assertEquals(Optional.empty(), bound.verify(third), "the key expired");
        String other = keys.create(Role.AGENT, "").id();
        String fourth = bound.issue(new Principal(other, Role.AGENT));
        assertTrue(bound.verify(fourth).isPresent());
        keys.revoke(other);
        assertEquals(Optional.empty(), bound.verify(fourth), "revoked");
        assertTrue(bound.verify(bound.issue(new Principal("local", Role.ADMIN))).isPresent());
    }

    private byte[] secret() throws Exception {
        return secret(data);
    }

    private static byte[] secret(Path data) throws Exception {
        return Base64.getDecoder()
                .decode(Files.readString(data.resolve("keys/token.secret")).strip().split(" ")[1]);
    }

    private String forged(
            JWSAlgorithm algorithm, byte[] secret, Consumer<JWTClaimsSet.Builder> change)
            throws Exception {
        JWTClaimsSet.Builder claims =
                new JWTClaimsSet.Builder()
                        .subject("agent-a1b2c3")
                        .claim("role", "agent")
                        .issueTime(Date.from(NOW))
                        .expirationTime(Date.from(NOW.plusSeconds(300)));
        change.accept(claims);
        SignedJWT jwt = new SignedJWT(new JWSHeader(algorithm), claims.build());
        jwt.sign(new MACSigner(secret));
        return jwt.serialize();
    }

    @Test
    void a_token_names_whom_it_was_issued_to_and_has_the_claims_of_the_wire() {
        String token = tokens.issue(AGENT);
        assertEquals(Optional.of(AGENT), tokens.verify(token));
        String[] parts = token.split("\\.");
        assertEquals("HS256", json(parts[0]).path("alg").asText());
        JsonNode claims = json(parts[1]);
        assertEquals("agent-a1b2c3", claims.path("sub").asText());
        assertEquals("agent", claims.path("role").asText());
        assertEquals(1_800_000_000L, claims.path("iat").asLong());
        assertEquals(1_800_000_300L, claims.path("exp").asLong());
        assertEquals(4, claims.size());
    }

    private static JsonNode json(String part) {
        return Wire.tree(new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8));
    }

    @Test
    void a_token_outlives_a_restart_but_not_its_time() {
        String token = tokens.issue(AGENT);
        assertEquals(Optional.of(AGENT), at(NOW.plusSeconds(299)).verify(token));
        assertEquals(Optional.empty(), at(NOW.plusSeconds(300)).verify(token));
        assertEquals(
                Optional.empty(), at(NOW.minusSeconds(1)).verify(token), "issued in the future");
    }

    @Test
    void a_token_lives_for_as_long_as_is_set_and_so_does_the_secret_behind_it() {
        MovableClock clock = new MovableClock();
        SignedTokens brief =
                new SignedTokens(
                        new FileVault(new DataFolder(data)),
                        keys(data, clock),
                        Duration.ofDays(30),
                        Duration.ofSeconds(10),
                        clock);
        assertEquals(Duration.ofSeconds(10), brief.life());
        String token = brief.issue(AGENT);
        assertEquals(Optional.of(clock.instant().plusSeconds(10)), brief.expires(token));
        brief.rotate();
        clock.move(Duration.ofSeconds(9));
        assertEquals(Optional.of(AGENT), brief.verify(token));
        clock.move(Duration.ofSeconds(1));
        assertEquals(Optional.empty(), brief.verify(token));
        brief.rotate();
        assertEquals(2, lines(), "the secret that no token needs any more is gone");
    }

    @Test
    void another_host_s_token_is_refused(@TempDir Path other) {
        String token = at(other, NOW).issue(AGENT);
        assertEquals(Optional.empty(), tokens.verify(token));
    }

    @Test
    void other_algorithms_are_refused_even_with_the_right_secret() throws Exception {
        byte[] secret = secret();
        assertTrue(
                tokens.verify(forged(JWSAlgorithm.HS256, secret, claims -> {})).isPresent(),
                "the forger's tool works");
        byte[] longer = java.util.Arrays.copyOf(secret, 64);
        assertEquals(
                Optional.empty(), tokens.verify(forged(JWSAlgorithm.HS384, longer, claims -> {})));
        assertEquals(
                Optional.empty(), tokens.verify(forged(JWSAlgorithm.HS512, longer, claims -> {})));
        JWTClaimsSet claims =
                new JWTClaimsSet.Builder()
                        .subject("a")
                        .claim("role", "admin")
                        .issueTime(Date.from(NOW))
                        .expirationTime(Date.from(NOW.plusSeconds(300)))
                        .build();
        String none = new PlainJWT(claims).serialize();
        assertEquals(Optional.empty(), tokens.verify(none));
        String[] good = tokens.issue(AGENT).split("\\.");
        assertEquals(Optional.empty(), tokens.verify(none.split("\\.")[0] + "." + good[1] + "."));
        assertEquals(
                Optional.empty(),
                tokens.verify(none.split("\\.")[0] + "." + good[1] + "." + good[2]));
    }

    @Test
    void claims_that_lack_something_are_refused() throws Exception {
        byte[] secret = secret();
        assertEquals(
                Optional.empty(),
                tokens.verify(forged(JWSAlgorithm.HS256, secret, claims -> claims.subject(null))));
        assertEquals(
                Optional.empty(),
                tokens.verify(
                        forged(JWSAlgorithm.HS256, secret, claims -> claims.claim("role", null))));
        assertEquals(
                Optional.empty(),
                tokens.verify(
                        forged(
                                JWSAlgorithm.HS256,
                                secret,
                                claims -> claims.claim("role", "root"))));
        assertEquals(
                Optional.empty(),
                tokens.verify(
                        forged(JWSAlgorithm.HS256, secret, claims -> claims.claim("role", 7))));
        assertEquals(
                Optional.empty(),
                tokens.verify(
                        forged(JWSAlgorithm.HS256, secret, claims -> claims.issueTime(null))));
        assertEquals(
                Optional.empty(),
                tokens.verify(
                        forged(JWSAlgorithm.HS256, secret, claims -> claims.expirationTime(null))));
        assertEquals(
                Optional.empty(),
                tokens.verify(
                        forged(
                                JWSAlgorithm.HS256,
                                secret,
                                claims -> claims.issueTime(Date.from(NOW.plusSeconds(60))))));
    }

    @Test
    void one_changed_character_anywhere_is_refused() {
        String token = tokens.issue(AGENT);
        for (int i = 0;
                i < token.length() - 1;
                i++) { // the last character of a base64 group may carry unused bits
            char changed = token.charAt(i) == 'A' ? 'B' : 'A';
            assertEquals(
                    Optional.empty(),
                    tokens.verify(token.substring(0, i) + changed + token.substring(i + 1)),
                    "position " + i);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "...",
                "a.b.c",
                "e30.e30.",
                "e30.e30.e30",
                "eyJhbGciOiJIUzI1NiJ9..",
                "eyJhbGciOiJIUzI1NiJ9.bm9.bm8",
                "\u0000",
                "Bearer x"
            })
    void what_is_no_token_is_refused(String token) {
        assertEquals(Optional.empty(), tokens.verify(token));
    }

    @Test
    void random_and_huge_input_is_refused_quickly() {
        assertEquals(Optional.empty(), tokens.verify(null));
        Random random = new Random(7);
        for (int i = 0; i < 2000; i++) {
            byte[] bytes = new byte[random.nextInt(80)];
            random.nextBytes(bytes);
            String text = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
            assertEquals(Optional.empty(), tokens.verify(text + "." + text + "." + text));
            assertEquals(
                    Optional.empty(),
                    tokens.verify(new String(bytes, StandardCharsets.ISO_8859_1)));
        }
        String deep =
                Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(
                                ("{\"alg\":\"HS256\",\"x\":" + "[".repeat(5000))
                                        .getBytes(StandardCharsets.UTF_8));
        assertEquals(Optional.empty(), tokens.verify(deep + ".e30.e30"));
        String good = tokens.issue(AGENT);
        String huge = good + "A".repeat(50_000_000);
        assertTimeout(
                Duration.ofSeconds(10), () -> assertEquals(Optional.empty(), tokens.verify(huge)));
    }

    /** Reference defect 32. */
    @Test
    @DisabledOnOs(OS.WINDOWS)
    void the_secret_is_random_and_for_its_owner_only(@TempDir Path other) throws Exception {
        open(other, Clock.systemUTC());
        assertFalse(java.util.Arrays.equals(secret(), secret(other)));
        assertEquals(
                "rw-------",
                PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(data.resolve("keys/token.secret"))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "short", "c2hvcnQ=", "!!!", "0 c2hvcnQ= 2026-01-01T00:00:00Z", "a b"})
    void a_damaged_secret_is_named(String content) throws Exception {
        Files.writeString(data.resolve("keys/token.secret"), content);
        String message = assertThrows(IllegalStateException.class, () -> at(NOW)).getMessage();
        assertTrue(message.contains("token.secret is damaged; remove it"), message);
    }
}
