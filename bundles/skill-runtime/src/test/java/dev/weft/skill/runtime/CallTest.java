package dev.weft.skill.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import dev.langchain4j.agent.tool.Tool;
import dev.weft.api.task.TaskException;
import dev.weft.skill.Skill;
import dev.weft.skill.SkillService;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CallTest {
    private static final String SCALARS =
            "{'text':'t','count':3,'big':5000000000,'ratio':0.5,'flag':true,'letter':'x','unit':'KIB','data':'aGk=','at':'2026-01-31T08:30:00Z',"
                    + "'day':'2026-01-31','time':'PT1M','id':'6f2f0bfa-1f0c-4c5d-9a9b-2f6a1d0c7b11'}";
    private final Fixture fixture = Fixture.with(new ManyTypes());

    @Test
    void every_scalar_arrives() throws Exception {
        assertEquals(
                "t,3,5000000000,0.5,true,x,KIB,hi,2026-01-31T08:30:00Z,2026-01-31,PT1M,6f2f0bfa-1f0c-4c5d-9a9b-2f6a1d0c7b11",
                fixture.call("many.scalars", SCALARS).asText());
    }

    @Test
    void every_container_arrives() throws Exception {
        String input =
                "{'list':['a','b'],'array':[9],'set':['KIB'],'map':{'a':1.5},'filter':{'name':'n','sizes':[8],'unit':'BYTES'},"
                        + "'tree':{'label':'root','children':[{'label':'leaf','children':[]}]},'any':{'z':[1]}}";
        assertEquals(
                "[2,9,['KIB'],1.5,8,'leaf',{'z':[1]}]".replace('\'', '"'),
                fixture.call("many.containers", input).toString());
    }

    @Test
    void what_is_left_out_or_null_becomes_empty_zero_or_the_default() throws Exception {
        assertEquals("--10nullred7", fixture.call("many.optional", "{}").asText());
        assertEquals(
                "--10nullred7",
                fixture.call("many.optional", "{'text':null,'limit':null,'color':null}").asText());
        assertEquals(
                "a254blue8",
                fixture.call(
                                "many.optional",
                                "{'text':'a','count':2,'limit':5,'boxed':4,'color':'blue','seven':8}")
                        .asText());
    }

    @Test
    void results_become_json() throws Exception {
        assertEquals(
                Fixture.json(
                        "{'at':'1970-01-01T00:00:00Z','took':'PT1M30S','note':null,'counts':{'a':1}}"),
                fixture.call("many.answer", "{}"));
        assertEquals(Fixture.json("{}"), fixture.call("many.nothing", "{}"));
        assertEquals(Fixture.json("'yes'"), fixture.call("many.perhaps", "null"));
        assertEquals(Fixture.json("[1,2]"), fixture.call("many.later", "{'ever':true}"));
        assertEquals("t-1 agent-1", fixture.call("many.who-am-i", "{}").asText());
    }

    @Test
    void a_promise_is_awaited_until_the_deadline() {
        TaskException late =
                assertThrows(
                        TaskException.class,
                        () -> fixture.call("many.later", "{'ever':false}", Duration.ofMillis(50)));
        assertEquals("deadline_exceeded", late.error().code());
    }

    @Test
    void the_skill_runs_under_its_own_class_loader_and_the_thread_gets_its_own_back()
            throws Exception {
        ClassLoader mine = new ClassLoader() {};
        Thread.currentThread().setContextClassLoader(mine);
        try {
            assertEquals("true", fixture.call("many.loader", "{}").asText());
            fixture.error("many.fails", "{'how':'quietly'}");
            assertSame(mine, Thread.currentThread().getContextClassLoader());
        } finally {
            Thread.currentThread().setContextClassLoader(null);
        }
    }

    @Test
    void a_failing_skill_is_quoted() {
        assertEquals(
                "skill_failed | many.fails failed: IllegalStateException",
                fixture.error("many.fails", "{'how':'quietly'}"));
        assertEquals(
                "skill_failed | many.fails failed: the disk is on fire",
                fixture.error("many.fails", "{'how':'loudly'}"));
        assertEquals(
                "skill_failed | many.fails failed: NoClassDefFoundError: com/acme/Gone",
                fixture.error("many.fails", "{'how':'link'}"));
        assertThrows(
                InterruptedException.class,
                () -> fixture.call("many.fails", "{'how':'interrupted'}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "many.fails | {'how':5} | many.fails: argument 'how' must be a string, got 5",
                "many.fails | {} | many.fails: argument 'how' is missing: expected a string",
                "many.fails | {'how':null} | many.fails: argument 'how' must not be null: expected a string",
                "many.fails | {'how':'x','why':1} | many.fails: unknown argument 'why', known are how",
                "many.nothing | {'a':1} | many.nothing: unknown argument 'a', known are none",
                "many.fails | [1] | many.fails: the arguments must be an object with a member each, got [1]",
                "many.fails | {'why':1} | many.fails: argument 'how' is missing: expected a string; unknown argument 'why', known are how",
                "many.later | {'ever':'true'} | many.later: argument 'ever' must be a boolean, got 'true'",
                "many.optional | {'limit':1.5} | many.optional: argument 'limit' must be an integer, got 1.5",
            })
    void arguments_that_break_the_schema_are_named(String name, String input, String message) {
        assertEquals("bad_arguments | " + message.replace('\'', '"'), fixture.error(name, input));
    }

    @Test
    void what_is_wrong_deep_inside_is_named_by_its_path() {
        String input =
                "{'list':['a',2],'array':[],'set':['MIB'],'map':{'a':'x'},'filter':{'name':'n','sizes':[8],'unit':'BYTES','more':1},"
                        + "'tree':{'label':'root'},'any':0}";
        String error = fixture.error("many.containers", input);
        assertTrue(error.contains("argument \"list[1]\" must be a string, got 2"), error);
        assertTrue(
                error.contains(
                        "argument \"set[0]\" must be one of \"BYTES\", \"KIB\", got \"MIB\""),
                error);
        assertTrue(error.contains("argument \"map.a\" must be a number, got \"x\""), error);
        assertTrue(
                error.contains(
                        "unknown argument \"filter.more\", known are name, depth, sizes, unit"),
                error);
        assertTrue(error.contains("argument \"tree.children\" is missing"), error);
    }

    @Test
    void what_only_the_type_can_tell_is_named_too() {
        String range =
                fixture.error("many.scalars", SCALARS.replace("'count':3", "'count':99999999999"));
        assertTrue(
                range.startsWith(
                        "bad_arguments | many.scalars: argument \"count\" must be an integer, got 99999999999 (Numeric value"),
                range);
        String day =
                fixture.error(
                        "many.scalars", SCALARS.replace("'day':'2026-01-31'", "'day':'today'"));
        assertEquals(
                "bad_arguments | many.scalars: argument \"day\" must be a string (date such as 2026-01-31), got \"today\"",
                day);
        String data = fixture.error("many.scalars", SCALARS.replace("aGk=", "%%"));
        assertEquals(
                "bad_arguments | many.scalars: argument \"data\" must be a string (base64), got \"%%\"",
                data);
    }

    @Test
    void an_unknown_skill_or_tool_is_named_with_what_there_is() {
        assertEquals(
                "unknown_skill | no skill \"disc\" is installed on this host",
                fixture.error("disc.usage", "{}"));
        assertEquals(
                "unknown_skill | no skill \"\" is installed on this host", fixture.error("", "{}"));
        assertTrue(
                fixture.error("many.sing", "{}")
                        .startsWith(
                                "unknown_tool | skill many has no tool \"sing\", it has answer, containers"));
        assertTrue(
                fixture.error("many", "{}")
                        .startsWith(
                                "unknown_tool | skill many has several tools, name one: many.answer, "));
    }

    /** Jackson looks into a type under a lock; right after a swap many calls would wait there at once. */
    @Test
    void how_results_are_written_is_known_before_the_first_call() {
        Watched.WRITERS.set(0);
        Fixture.with(new Watched());
        assertEquals(3, Watched.WRITERS.get());
    }

    @Skill(id = "watched", title = "Watched", description = "Counts what writes its results")
    static final class Watched implements SkillService {
        static final AtomicInteger WRITERS = new AtomicInteger();

        /** One result. */
        @JsonSerialize(using = Writer.class)
        record One(int value) {}

        /** Another. */
        @JsonSerialize(using = Writer.class)
        record Other(int value) {}

        /** And one that holds such. */
        record Both(String name, Third third) {}

        /** Inside another. */
        @JsonSerialize(using = Writer.class)
        record Third(int value) {}

        static final class Writer extends StdSerializer<Record> {
            private static final long serialVersionUID = 1;

            Writer() {
                super(Record.class);
                WRITERS.incrementAndGet();
            }

            @Override
            public void serialize(Record value, JsonGenerator json, SerializerProvider provider)
                    throws IOException {
                json.writeString("written");
            }
        }

        @Tool
        public One one() {
            return new One(1);
        }

        @Tool
        public CompletableFuture<List<Other>> later() {
            return CompletableFuture.completedFuture(List.of());
        }

        @Tool
        public Both both() {
            return new Both("", new Third(1));
        }
    }
}
