package dev.weft.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.weft.protocol.AgentCard;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.Wire;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AgentIndexTest {
    private final AgentIndex index = new AgentIndex();

    private static Presence agent(String id, String name, String... skills) {
        var card = Wire.object().put("agent_id", id).put("name", name);
        var list = card.putObject("capabilities").putArray("skills");
        List.of(skills).forEach(list::add);
        Instant now = Instant.EPOCH;
        return new Presence(Wire.as(card, AgentCard.class), now, now, false, null, now, now);
    }

    private static String ids(Stream<Presence> agents) {
        return String.join(
                " ", agents.map(agent -> agent.card().agentId().value()).sorted().toList());
    }

    @Test
    void agents_are_found_by_name_by_skill_and_by_the_skill_of_a_tool() {
        index.put(agent("a", "one", "disk", "disk.usage"));
        index.put(agent("b", "two", "disk"));
        index.put(agent("c", "three", "text"));
        assertEquals("a b", ids(index.offering("disk")));
        assertEquals("a b", ids(index.offering("disk.usage")), "each once");
        assertEquals("c", ids(index.offering("text.count")));
        assertEquals("", ids(index.offering("web")));
        assertEquals("b", ids(index.named("two")));
    }

    @Test
    void a_new_card_and_a_removal_leave_nothing_behind() {
        index.put(agent("a", "one", "disk", "text"));
        index.put(agent("a", "uno", "text", "web"));
        assertEquals("", ids(index.offering("disk")));
        assertEquals("a", ids(index.offering("text")));
        assertEquals("a", ids(index.offering("web")));
        assertEquals("", ids(index.named("one")));
        assertEquals("a", ids(index.named("uno")));
        index.remove(new AgentId("a"));
        assertNull(index.remove(new AgentId("a")));
        assertEquals("", ids(index.offering("text")) + ids(index.named("uno")));
        assertEquals(0, index.size());
    }
}
