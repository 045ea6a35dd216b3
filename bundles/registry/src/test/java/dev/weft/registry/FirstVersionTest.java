package dev.weft.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.protocol.AgentId;
import dev.weft.store.SqlStore;
import dev.weft.store.TestCluster;
import dev.weft.store.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Rows that a registry wrote when its tables were those of the first script are taken over by this one. */
@ParameterizedClass
@EnumSource(TestDatabase.class)
class FirstVersionTest {
    private static final Instant WRITTEN = Instant.parse("2026-03-01T12:00:00Z");
    private static final AgentId ATTIC = new AgentId("agent-aaaaaa");
    private static final String TOKEN = "dt_" + "0123456789abcdef".repeat(2);

    @Parameter TestDatabase kind;
    @TempDir Path folder;

    @Test
    void agents_members_and_tasks_of_the_first_tables_are_kept() throws Exception {
        TestDatabase.Place place = kind.create(folder);
        SqlStore first = place.open(2);
        List<String> script = RegistryDatabase.migrations().subList(0, 1);
        try (Connection connection = first.open("registry", script).getConnection();
                Statement statement = connection.createStatement()) {
            long at = WRITTEN.toEpochMilli();
            statement.execute(
                    "INSERT INTO registry_agents (id, card, registered_at, last_heartbeat) VALUES ('agent-aaaaaa',"
                            + " '{\"agent_id\":\"agent-aaaaaa\",\"name\":\"attic\",\"capabilities\":{\"skills\":[\"disk\"]}}', %d, %d)"
                                    .formatted(at, at));
            statement.execute(
                    "INSERT INTO registry_pairings (id, name, peer_id, public_key, status, code, token_hash, created_at, updated_at, approved_at)"
                            + " VALUES ('request-1', 'attic', 'agent-aaaaaa', 'its-key', 'approved', '', '%s', %d, %d, %d)"
                                    .formatted(Secrets.sha256(TOKEN), at, at, at));
            statement.execute(
                    "INSERT INTO registry_tasks (id, skill, skill_base, target, source, assigned, payload, state, result, error,"
                            + " created_at, updated_at, expires_at, ttl) VALUES ('task00000001', 'disk.usage', 'disk', 'agent-aaaaaa',"
                            + " 'agent-x', '', '{\"path\":\"/\"}', 'pending', '', '', %d, %d, %d, 600)"
                                    .formatted(at, at, at + 600_000));
        } finally {
            first.close();
        }
        try (Bench now = new Bench(place, TestCluster.alone(), WRITTEN.plusSeconds(60))) {
            assertEquals("attic", now.directory.find(ATTIC).orElseThrow().card().name());
            assertTrue(now.pairing.isApproved(ATTIC));
            assertEquals(
                    ATTIC.value(), now.pairing.verifyDeviceToken(TOKEN).orElseThrow().subject());
            var taken = now.inbox.take(ATTIC, List.of("disk"));
            assertEquals(List.of("task00000001"), taken.stream().map(task -> task.id()).toList());
            assertEquals("/", taken.get(0).payload().path("path").asText());
            assertEquals(
                    "completed",
                    now.inbox
                            .update("task00000001", ATTIC, "completed", "42", "")
                            .orElseThrow()
                            .state());
        }
    }
}
