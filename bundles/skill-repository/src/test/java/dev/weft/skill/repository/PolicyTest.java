package dev.weft.skill.repository;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.skill.repository.Policy.Answer;
import dev.weft.skill.repository.scan.Finding;
import dev.weft.skill.repository.scan.Report;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyTest {
    private static final Report PASSED = new Report(Report.Status.PASSED, "", List.of());
    @TempDir Path temporary;
    private Shop shop;
    private Contents contents;
    private Entry entry;

    @BeforeEach
    void open() throws Exception {
        shop = new Shop(temporary);
        contents = shop.read();
        entry = contents.entries().get(0);
    }

    @Test
    void a_trusted_publisher_is_installed_and_a_stranger_is_refused_or_asked_about() {
        assertEquals(Answer.YES, decide(Policy.SIGNED_BY_TRUSTED, PASSED, true).answer());
        says(
                Answer.NO,
                "keys that are not trusted",
                decide(Policy.SIGNED_BY_TRUSTED, PASSED, false));
        says(Answer.ASK, shop.acme.publicKey(), decide(Policy.ASK, PASSED, false));
    }

    @Test
    void unscanned_and_failed_scans_are_refused_under_every_policy() {
        for (Policy policy : Policy.values()) {
            says(
                    Answer.NO,
                    "could not be scanned: broken",
                    decide(
                            policy,
                            new Report(Report.Status.NOT_SCANNED, "broken", List.of()),
                            true));
            says(Answer.NO, "native-code", decide(policy, found(Finding.Severity.HIGH), true));
            says(Answer.ASK, "native-code", decide(policy, found(Finding.Severity.MEDIUM), true));
            assertEquals(Answer.YES, decide(policy, found(Finding.Severity.LOW), true).answer());
        }
    }

    @Test
    void yanked_revoked_and_expired_are_refused() throws Exception {
        say("yank");
        says(Answer.NO, "yanked: leaks", decide(Policy.ASK, PASSED, true));
        say("revoke");
        says(Answer.NO, "revoked: leaks", decide(Policy.ASK, PASSED, true));
        shop.later(Duration.ofDays(8));
        says(Answer.NO, "expired", decide(Policy.ASK, PASSED, true));
    }

    private void say(String verb) throws Exception {
        shop.writer.state(
                new Statement(
                        "statement",
                        "test",
                        "com.acme.words",
                        "*",
                        verb,
                        "leaks",
                        "2026-03-01T00:00:00Z"),
                shop.acme);
        shop.snapshot();
        contents = shop.read();
    }

    private Policy.Decision decide(Policy policy, Report report, boolean trusted) {
        return policy.decide(
                contents,
                entry,
                report,
                trusted ? Set.of(shop.acme.publicKey()) : Set.of(),
                shop.clock.instant());
    }

    private static Report found(Finding.Severity severity) {
        return new Report(
                Report.Status.FINDINGS, "", List.of(new Finding("native-code", severity, "x")));
    }

    private static void says(Answer answer, String reason, Policy.Decision decision) {
        assertEquals(answer, decision.answer(), decision.toString());
        assertTrue(decision.reasons().toString().contains(reason), decision.toString());
    }
}
