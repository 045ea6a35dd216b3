package dev.weft.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.identity.HostKey;
import dev.weft.api.identity.Principal;
import dev.weft.api.identity.Role;
import dev.weft.api.registry.Pairing;
import dev.weft.api.registry.Pairing.Answer;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.Wire;
import dev.weft.store.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(TestDatabase.class)
class PairingDeskTest {
    @Parameter TestDatabase kind;

    @TempDir private Path folder;

    private Bench bench;
    private HostKey pi;
    private HostKey other;

    @BeforeEach
    void open() throws Exception {
        bench = new Bench(kind, folder);
        pi = Bench.key(folder, "pi.key");
        other = Bench.key(folder, "other.key");
    }

    @AfterEach
    void close() throws Exception {
        bench.close();
    }

    private String newCode() {
        return bench.pairing.generateCode("key-1").code();
    }

    private Answer pair(HostKey key, String code, String name) {
        return bench.pairing.pair(Bench.request(key, code, name));
    }

    private static String refusal(Runnable call) {
        return assertThrows(ProtocolException.class, call::run).code();
    }

    /** Reference defect 31. */
    @Test
    void codes_have_six_digits_and_never_collide() {
        Set<String> codes = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            assertTrue(codes.add(newCode()));
        }
        assertTrue(codes.stream().allMatch(code -> code.matches("[0-9]{6}")));
        assertEquals("too_many_codes", refusal(this::newCode));
        pair(pi, codes.iterator().next(), "pi");
        assertTrue(codes.add(newCode()), "one that is used makes room");
        assertEquals("too_many_codes", refusal(this::newCode));
    }

    /** Reference defects 22, 23 and 37. */
    @Test
    void code_then_approval_then_token() {
        String code = newCode();
        Answer asked = pair(pi, code, "pi");
        assertEquals("pending_approval", asked.status());
        assertTrue(asked.peerId().value().matches("agent-[0-9a-f]{6}"));
        assertNull(asked.deviceToken());
        assertFalse(bench.pairing.isApproved(asked.peerId()));
        assertEquals(asked, pair(pi, code, "pi"));

        assertEquals("approved", bench.pairing.approve("pi").orElseThrow().status());
        assertTrue(bench.pairing.isApproved(asked.peerId()));
        Answer let = pair(pi, code, "pi");
        assertTrue(let.deviceToken().matches("dt_[0-9a-f]{32}"));
        assertEquals(
                Optional.of(new Principal(asked.peerId().value(), Role.AGENT)),
                bench.pairing.verifyDeviceToken(let.deviceToken()));
        assertTrue(bench.pairing.approve("pi").isEmpty());
        assertTrue(bench.pairing.list(true).isEmpty());
        assertEquals(1, bench.pairing.list(false).size());
        String listed = Wire.write((Object) bench.pairing.list(false));
        assertFalse(listed.contains("dt_") || listed.contains(code), listed);
        assertTrue(bench.events.get(0).startsWith("pairing.pending_approval "));
        assertTrue(bench.events.get(1).startsWith("pairing.approved "));
        assertTrue(
                bench.events.stream()
                        .noneMatch(event -> event.contains(code) || event.contains("dt_")),
                "no secret in events");
    }

    @Test
    void the_directory_shows_the_key_that_was_presented_at_pairing_and_no_other() {
        String code = newCode();
        var id = pair(pi, code, "pi").peerId();
        bench.pairing.approve("pi");
        bench.directory.register(Bench.card(id.value(), "pi", 0, "disk"));
        assertEquals(pi.publicKey(), bench.directory.find(id).orElseThrow().card().publicKey());
        assertEquals(
                "key_mismatch",
                refusal(
                        () ->
                                bench.directory.heartbeat(
                                        id,
                                        dev.weft.protocol.Wire.object()
                                                .put("public_key", other.publicKey()))));
        assertEquals(pi.publicKey(), bench.directory.find(id).orElseThrow().card().publicKey());
    }

    @Test
    void asking_again_replaces_the_token_and_a_day_after_approval_none_is_handed_out() {
        String code = newCode();
        pair(pi, code, "pi");
        bench.pairing.approve("pi");
        String first = pair(pi, code, "pi").deviceToken();
        String second = pair(pi, code, "pi").deviceToken();
        assertNotEquals(first, second);
        assertTrue(bench.pairing.verifyDeviceToken(first).isEmpty());
        assertTrue(bench.pairing.verifyDeviceToken(second).isPresent());
        bench.later(Duration.ofHours(24));
        assertNull(pair(pi, code, "pi").deviceToken());
        assertTrue(bench.pairing.verifyDeviceToken(second).isPresent());
        bench.pairing.sweep();
        assertEquals("code_expired", refusal(() -> pair(pi, newCodeThatExpired(), "pi")));
        assertEquals("bad_code", refusal(() -> pair(pi, code, "pi")));
    }

    private String newCodeThatExpired() {
        String code = newCode();
        bench.later(Duration.ofSeconds(301));
        return code;
    }

    @Test
    void requests_tokens_and_approvals_survive_a_restart() {
        String code = newCode();
        Answer asked = pair(pi, code, "pi");
        bench.restart();
        assertEquals(asked, pair(pi, code, "pi"));
        assertEquals("code_used", refusal(() -> pair(other, code, "other")));
        bench.pairing.approve(asked.id());
        bench.restart();
        String token = pair(pi, code, "pi").deviceToken();
        bench.restart();
        assertTrue(bench.pairing.isApproved(asked.peerId()));
        assertTrue(bench.pairing.verifyDeviceToken(token).isPresent());
    }

    /** Reference defect 23. */
    @Test
    void the_database_never_sees_a_token() {
        String code = newCode();
        pair(pi, code, "pi");
        bench.pairing.approve("pi");
        String token = pair(pi, code, "pi").deviceToken();
        var stored =
                bench.database.query(
                        "SELECT token_hash FROM registry_pairings", row -> row.getString(1));
        assertEquals(java.util.List.of(Secrets.sha256(token)), stored);
    }

    @Test
    void a_code_is_for_one_host() {
        String code = newCode();
        pair(pi, code, "pi");
        assertEquals("code_used", refusal(() -> pair(other, code, "other")));
    }

    @Test
    void an_old_code_is_refused_but_the_host_that_came_in_time_may_still_ask() {
        String used = newCode();
        String unused = newCode();
        pair(pi, used, "pi");
        bench.later(Duration.ofSeconds(301));
        assertEquals("code_expired", refusal(() -> pair(other, unused, "other")));
        assertEquals("pending_approval", pair(pi, used, "pi").status());
    }

    /** Reference defect 31. */
    @Test
    void malformed_requests_are_refused_before_they_count_as_guesses() {
        String code = newCode();
        Pairing.Request good = Bench.request(pi, code, "pi");
        for (int i = 0; i < 30; i++) {
            assertEquals("bad_agent_name", refusal(() -> pair(pi, code, "No Name")));
            assertEquals("bad_code", refusal(() -> pair(pi, "12ab", "pi")));
            assertEquals(
                    "bad_signature",
                    refusal(() -> bench.pairing.pair(new Pairing.Request(code, "pi", null, null))));
            assertEquals(
                    "bad_signature",
                    refusal(() -> bench.pairing.pair(new Pairing.Request(code, "pi", "!!", "??"))));
            assertEquals(
                    "bad_signature",
                    refusal(
                            () ->
                                    bench.pairing.pair(
                                            new Pairing.Request(
                                                    code,
                                                    "eve",
                                                    good.publicKey(),
                                                    good.signature()))));
            assertEquals(
                    "bad_signature",
                    refusal(
                            () ->
                                    bench.pairing.pair(
                                            new Pairing.Request(
                                                    code,
                                                    "pi",
                                                    other.publicKey(),
                                                    good.signature()))));
        }
        assertEquals("pending_approval", bench.pairing.pair(good).status());
    }

    @Test
    void guessing_is_stopped_for_everyone_but_not_for_hosts_already_known() {
        String used = newCode();
        pair(pi, used, "pi");
        for (int i = 0; i < 25; i++) {
            String guess = used.equals("000000") ? "000001" : "000000";
            assertEquals("bad_code", refusal(() -> pair(other, guess, "other")));
        }
        String good = newCode();
        assertEquals("too_many_attempts", refusal(() -> pair(other, good, "other")));
        assertEquals("pending_approval", pair(pi, used, "pi").status());
        bench.later(Duration.ofSeconds(301));
        assertEquals("pending_approval", pair(other, newCode(), "other").status());
    }

    @Test
    void a_name_belongs_to_one_host() {
        pair(pi, newCode(), "pi");
        String code = newCode();
        assertEquals("name_taken", refusal(() -> pair(other, code, "pi")));
        assertEquals("name_taken", refusal(() -> pair(other, code, "hub")));
        assertEquals(
                "pending_approval",
                pair(other, code, "attic").status(),
                "the code is still good for the host that presented it");
    }

    @Test
    void a_rejected_host_hears_so_and_may_ask_again_with_a_new_code() {
        String code = newCode();
        Answer asked = pair(pi, code, "pi");
        assertEquals("rejected", bench.pairing.reject(asked.id()).orElseThrow().status());
        assertEquals("rejected", pair(pi, code, "pi").status());
        assertTrue(bench.pairing.approve("pi").isEmpty());
        Answer again = pair(pi, newCode(), "pi");
        assertEquals("pending_approval", again.status());
        assertEquals(asked.peerId(), again.peerId());
    }

    @Test
    void revoking_acts_at_once() {
        String code = newCode();
        AgentId id = pair(pi, code, "pi").peerId();
        bench.pairing.approve("pi");
        String token = pair(pi, code, "pi").deviceToken();
        bench.directory.register(Bench.card(id.value(), "pi", 0));
        bench.told.clear();

        assertEquals("revoked", bench.pairing.revoke(id.value()).orElseThrow().status());
        assertFalse(bench.pairing.isApproved(id));
        assertEquals(java.util.List.of(id), bench.pairing.revoked(10));
        assertEquals(java.util.List.of(), bench.pairing.revoked(0));
        assertTrue(bench.pairing.verifyDeviceToken(token).isEmpty());
        assertTrue(bench.directory.find(id).isEmpty());
        assertEquals(java.util.List.of("revoked " + id, "left " + id + " revoked"), bench.told);
        assertEquals("revoked", refusal(() -> bench.directory.heartbeat(id, null)));
        assertEquals("code_used", refusal(() -> pair(other, code, "other")), "the code stays used");
        assertTrue(bench.pairing.revoke("pi").isEmpty());
    }

    @Test
    void a_member_that_lost_its_token_gets_another_with_a_new_code_but_no_other_name() {
        String code = newCode();
        AgentId id = pair(pi, code, "pi").peerId();
        bench.pairing.approve("pi");
        bench.later(Duration.ofDays(3));
        String fresh = newCode();
        assertEquals("name_taken", refusal(() -> pair(pi, fresh, "payroll")));
        Answer again = pair(pi, fresh, "pi");
        assertEquals(id, again.peerId());
        assertTrue(bench.pairing.verifyDeviceToken(again.deviceToken()).isPresent());
    }

    @Test
    void this_host_itself_is_always_a_member() {
        assertTrue(bench.pairing.isApproved(Bench.LOCAL));
        assertFalse(bench.pairing.isApproved(new AgentId("agent-stranger")));
    }

    @Test
    void nonsense_is_no_token() {
        for (String token :
                new String[] {null, "", "dt_", "dt_" + "0".repeat(32), "x".repeat(100_000)}) {
            assertTrue(bench.pairing.verifyDeviceToken(token).isEmpty());
        }
    }
}
