package dev.weft.skill.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.langchain4j.agent.tool.Tool;
import dev.weft.skill.Skill;
import dev.weft.skill.SkillService;
import org.junit.jupiter.api.Test;

class SchemaTest {
    private final Fixture fixture = Fixture.with(new ManyTypes());

    private void property(String tool, String name, String expected) {
        assertEquals(
                Fixture.json(expected),
                fixture.schema("many", tool).path("properties").path(name),
                name);
    }

    @Test
    void scalars_are_described_as_jackson_reads_them() {
        property("scalars", "text", "{'type':'string','description':'a text'}");
        property("scalars", "count", "{'type':'integer'}");
        property("scalars", "ratio", "{'type':'number'}");
        property("scalars", "flag", "{'type':'boolean'}");
        property("scalars", "letter", "{'type':'string','minLength':1,'maxLength':1}");
        property("scalars", "unit", "{'type':'string','enum':['BYTES','KIB']}");
        property("scalars", "data", "{'type':'string','contentEncoding':'base64'}");
        property("scalars", "at", "{'type':'string','format':'date-time'}");
        property("scalars", "day", "{'type':'string','format':'date'}");
        property("scalars", "time", "{'type':'string','format':'duration'}");
        property("scalars", "id", "{'type':'string','format':'uuid'}");
    }

    @Test
    void containers_are_described_with_what_they_hold() {
        property("containers", "list", "{'type':'array','items':{'type':'string'}}");
        property("containers", "array", "{'type':'array','items':{'type':'integer'}}");
        property(
                "containers",
                "set",
                "{'type':'array','items':{'type':'string','enum':['BYTES','KIB']},'uniqueItems':true}");
        property("containers", "map", "{'type':'object','additionalProperties':{'type':'number'}}");
        property("containers", "any", "{}");
        property(
                "containers",
                "filter",
                "{'type':'object','properties':{'name':{'type':'string'},'depth':{'type':'integer'},"
                        + "'sizes':{'type':'array','items':{'type':'integer'}},'unit':{'type':'string','enum':['BYTES','KIB'],'description':'which unit'}},"
                        + "'required':['name','sizes','unit'],'additionalProperties':false}");
    }

    @Test
    void a_type_inside_itself_ends() {
        JsonNode tree = fixture.schema("many", "containers").path("properties").path("tree");
        assertEquals(
                Fixture.json("{'type':'object'}"),
                tree.path("properties").path("children").path("items"));
    }

    @Test
    void what_may_be_left_out_is_not_required() {
        JsonNode schema = fixture.schema("many", "optional");
        assertFalse(schema.has("required"));
        assertFalse(schema.path("additionalProperties").asBoolean(true));
        property("optional", "color", "{'type':'string','default':'red'}");
        property("optional", "seven", "{'type':'integer','default':7}");
        property("optional", "count", "{'type':'integer'}");
        assertEquals(12, fixture.schema("many", "scalars").path("required").size());
    }

    @Test
    void the_context_is_no_part_of_the_schema_and_names_and_texts_come_from_the_annotation() {
        assertEquals(0, fixture.schema("many", "who-am-i").path("properties").size());
        assertEquals(
                "Two\nlines",
                fixture.runtime
                        .find("many")
                        .orElseThrow()
                        .tool("who-am-i")
                        .orElseThrow()
                        .description());
    }

    @Skill(id = "x", title = "", description = "")
    public static final class Overloaded implements SkillService {
        @Tool
        public void go(int a) {}

        @Tool
        public void go(String a) {}
    }

    @Skill(id = "x", title = "", description = "")
    public static final class Hidden implements SkillService {
        @Tool
        void go() {}
    }

    @Skill(id = "x", title = "", description = "")
    public static final class Empty implements SkillService {}

    @Skill(id = "Not An Id", title = "", description = "")
    public static final class BadId implements SkillService {
        @Tool
        public void go() {}
    }

    @Skill(id = "x", title = "", description = "")
    public static final class BadTool implements SkillService {
        @Tool(name = "a.b")
        public void go() {}
    }

    public static final class Unnamed implements SkillService {
        @Tool
        public void go() {}
    }

    private static String refusal(SkillService skill) {
        return assertThrows(SkillRefused.class, () -> SkillReader.read(skill, "1.0.0"))
                .getMessage();
    }

    @Test
    void a_skill_that_cannot_work_is_refused_with_the_reason() {
        assertTrue(refusal(new Overloaded()).contains("two @Tool methods are called go"));
        assertTrue(refusal(new Hidden()).contains("go must be public"));
        assertTrue(refusal(new Empty()).contains("no public @Tool method"));
        assertTrue(refusal(new BadId()).contains("Not An Id"));
        assertTrue(refusal(new BadTool()).contains("a.b"));
        assertTrue(refusal(new Unnamed()).contains("no @Skill"));
    }
}
