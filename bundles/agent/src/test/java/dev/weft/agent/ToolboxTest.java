package dev.weft.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.langchain4j.model.chat.request.json.JsonAnyOfSchema;
import dev.langchain4j.model.chat.request.json.JsonArraySchema;
import dev.langchain4j.model.chat.request.json.JsonBooleanSchema;
import dev.langchain4j.model.chat.request.json.JsonEnumSchema;
import dev.langchain4j.model.chat.request.json.JsonIntegerSchema;
import dev.langchain4j.model.chat.request.json.JsonNumberSchema;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonRawSchema;
import dev.langchain4j.model.chat.request.json.JsonSchemaElement;
import dev.langchain4j.model.chat.request.json.JsonStringSchema;
import dev.weft.protocol.SkillCard;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ToolboxTest {
    private final World world = new World(Runnable::run);

    @Test
    void one_tool_for_all_hosts_that_offer_it() {
        world.installed.add(World.disk());
        world.peer("agent-e7", "edge-7", "active", World.disk());
        world.peer("agent-e8", "edge-8", "offline", World.disk());
        world.peer("agent-e9", "edge-7", "active", World.disk());
        Offer offer = world.toolbox().offers().get("disk_usage");
        assertEquals("disk.usage", offer.tool());
        assertEquals(
                List.of("alpha", "edge-7", "edge-8", "agent-e9"),
                List.copyOf(offer.agents().keySet()));
        assertTrue(
                offer.specification()
                        .description()
                        .endsWith(
                                "Offered by: alpha (this host), edge-7, edge-8 (offline), agent-e9"));
        JsonEnumSchema agents =
                (JsonEnumSchema) offer.specification().parameters().properties().get("agent");
        assertEquals(List.of("alpha", "edge-7", "edge-8", "agent-e9"), agents.enumValues());
        assertEquals(List.of("path"), offer.specification().parameters().required());
    }

    @Test
    void is_made_anew_only_when_something_changed() {
        world.installed.add(World.disk());
        Toolbox toolbox = world.toolbox();
        Map<String, Offer> first = toolbox.offers();
        assertSame(first, toolbox.offers());
        world.peer("agent-e7", "edge-7", "active", World.disk());
        assertNotSame(first, toolbox.offers());
        world.installed.clear();
        world.peers.clear();
        assertEquals(Map.of(), toolbox.offers());
    }

    @Test
    void names_are_legal_and_never_collide() {
        String none = "{\"type\":\"object\"}";
        world.installed.add(World.skill("a.b", "c", "", none));
        world.installed.add(World.skill("a", "b_c", "", none));
        world.installed.add(World.skill("x" + "y".repeat(63), "z".repeat(64), "", none));
        world.installed.add(World.skill("x" + "y".repeat(63), "z".repeat(63) + "é", "", none));
        Map<String, Offer> offers = world.toolbox().offers();
        assertEquals(4, offers.size());
        assertTrue(
                offers.keySet().stream().allMatch(name -> name.matches("[a-zA-Z0-9_-]{1,64}")),
                offers.keySet().toString());
        assertEquals(4, offers.values().stream().map(Offer::tool).distinct().count());
        assertEquals(offers.keySet(), world.toolbox().offers().keySet());
    }

    @Test
    void a_tool_with_its_own_agent_parameter_keeps_it() {
        world.installed.add(
                World.skill(
                        "user",
                        "agent",
                        "",
                        "{\"type\":\"object\",\"properties\":{\"agent\":{\"type\":\"string\"}}}"));
        Offer offer = world.toolbox().offers().get("user_agent");
        assertEquals("on_agent", offer.agentParameter());
        assertInstanceOf(
                JsonStringSchema.class,
                offer.specification().parameters().properties().get("agent"));
        assertInstanceOf(
                JsonEnumSchema.class,
                offer.specification().parameters().properties().get("on_agent"));
    }

    @Test
    void too_many_and_too_long_are_left_out_local_first() {
        String none = "{\"type\":\"object\"}";
        SkillCard.ToolCard[] many = new SkillCard.ToolCard[200];
        for (int index = 0; index < many.length; index++) {
            many[index] = new SkillCard.ToolCard("t" + index, "", null);
        }
        world.peer(
                "agent-e7",
                "edge-7",
                "active",
                new SkillCard("a-many", "1", "", "", List.of(many)));
        world.installed.add(World.skill("z", "local", "", none));
        world.installed.add(
                World.skill(
                        "long",
                        "one",
                        "",
                        "{\"type\":\"object\",\"description\":\"" + "x".repeat(20_000) + "\"}"));
        Map<String, Offer> offers = world.toolbox().offers();
        assertEquals(128, offers.size());
        assertTrue(offers.containsKey("z_local"));
        assertTrue(offers.values().stream().noneMatch(offer -> offer.tool().equals("long.one")));
    }

    @Test
    void schemas_of_every_kind() throws Exception {
        JsonObjectSchema schema =
                Schemas.object(
                                World.JSON.readTree(
                                        """
                {"type":"object","additionalProperties":false,"required":["s"],"properties":{
                 "s":{"type":"string","description":"text"},"i":{"type":"integer"},"n":{"type":"number"},"b":{"type":"boolean"},
                 "e":{"enum":["x","y"]},"l":{"type":"array","items":{"type":"string"}},"o":{"type":"object","properties":{"in":{"type":"integer"}}},
                 "any":{"anyOf":[{"type":"string"},{"type":"null"}]},"two":{"type":["string","null"]},"numbers":{"enum":[1,2]},"open":{"type":"array"},"odd":true}}"""))
                        .build();
        Map<String, JsonSchemaElement> properties = schema.properties();
        assertEquals(
                "text",
                assertInstanceOf(JsonStringSchema.class, properties.get("s")).description());
        assertInstanceOf(JsonIntegerSchema.class, properties.get("i"));
        assertInstanceOf(JsonNumberSchema.class, properties.get("n"));
        assertInstanceOf(JsonBooleanSchema.class, properties.get("b"));
        assertEquals(
                List.of("x", "y"),
                assertInstanceOf(JsonEnumSchema.class, properties.get("e")).enumValues());
        assertInstanceOf(
                JsonStringSchema.class,
                assertInstanceOf(JsonArraySchema.class, properties.get("l")).items());
        assertInstanceOf(
                JsonIntegerSchema.class,
                assertInstanceOf(JsonObjectSchema.class, properties.get("o"))
                        .properties()
                        .get("in"));
        assertEquals(
                2, assertInstanceOf(JsonAnyOfSchema.class, properties.get("any")).anyOf().size());
        for (String name : List.of("two", "numbers", "open", "odd")) {
            assertInstanceOf(JsonRawSchema.class, properties.get(name), name);
        }
        assertEquals(List.of("s"), schema.required());
        assertEquals(false, schema.additionalProperties());
        assertTrue(
                Schemas.object(World.JSON.readTree("\"nonsense\"")).build().properties().isEmpty());
    }
}
