package dev.weft.http.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.api.mesh.AgentDirectory.KnownAgent;
import dev.weft.protocol.AgentCard;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.Wire;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoadHistoryTest {
    private static final AgentId ONE = new AgentId("agent-one");

    private Instant now = Instant.parse("2026-01-01T10:00:30Z");
    private final LoadHistory history =
            new LoadHistory(
                    new Clock() {
                        @Override
                        public java.time.ZoneId getZone() {
                            return ZoneOffset.UTC;
                        }

                        @Override
                        public Clock withZone(java.time.ZoneId zone) {
                            return this;
                        }

                        @Override
                        public Instant instant() {
                            return now;
                        }
                    });

    private static KnownAgent agent(String id, double load, String health) {
        AgentCard card =
                Wire.as(
                        Wire.object().put("agent_id", id).put("name", id).put("load", load),
                        AgentCard.class);
        return new KnownAgent(card, health, false);
    }

    private void minutes(int count, double load) {
        for (int i = 0; i < count; i++) {
            history.sample(List.of(agent("agent-one", load, "active")));
            now = now.plus(Duration.ofMinutes(1));
        }
    }

    @Test
    void what_was_sampled_is_told_oldest_first_with_gaps_where_nothing_is_known() {
        minutes(1, 0.25);
        minutes(1, 1);
        now = now.plus(Duration.ofMinutes(2));
        minutes(1, 2);
        assertEquals("[0.25,1.0,null,null,1.0]", history.of(ONE).toString());
        assertEquals(Instant.parse("2026-01-01T10:04:00Z").getEpochSecond(), history.at());
    }

    @Test
    void an_agent_that_is_offline_or_was_never_seen_has_no_load() {
        history.sample(List.of(agent("agent-one", 0.5, "offline")));
        assertEquals("[]", history.of(ONE).toString());
        assertEquals("[]", history.of(new AgentId("agent-two")).toString());
    }

    @Test
    void a_day_is_kept_and_then_the_oldest_goes() {
        minutes(LoadHistory.MINUTES + 10, 0.1);
        assertEquals(LoadHistory.MINUTES, history.of(ONE).size());
        now = now.plus(Duration.ofMinutes(LoadHistory.MINUTES - 2));
        history.sample(List.of());
        assertEquals("[0.1,null", history.of(ONE).toString().substring(0, 9));
        now = now.plus(Duration.ofMinutes(2));
        history.sample(List.of());
        assertEquals("[]", history.of(ONE).toString());
    }

    @Test
    void a_clock_that_is_set_back_starts_anew() {
        minutes(3, 0.1);
        now = now.minus(Duration.ofHours(3));
        minutes(2, 0.2);
        assertEquals("[0.2,0.2]", history.of(ONE).toString());
    }

    @Test
    void more_agents_than_there_is_room_for_are_left_out() {
        List<KnownAgent> crowd = new ArrayList<>();
        for (int i = 0; i <= LoadHistory.MOST; i++) {
            crowd.add(agent("agent-" + i, 0.5, "active"));
        }
        history.sample(crowd);
        assertEquals(1, history.of(new AgentId("agent-0")).size());
        assertEquals(0, history.of(new AgentId("agent-" + LoadHistory.MOST)).size());
    }
}
