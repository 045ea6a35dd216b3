package dev.weft.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.api.skill.Skills;
import dev.weft.protocol.SkillCard;
import dev.weft.protocol.Wire;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.felix.service.command.CommandSession;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

class CompletionTest {
    private final CommandSession session =
            answering(
                    CommandSession.class,
                    Map.of("get", Set.of("weft:peers", "weft:call", "felix:lb", "weft:code")));
    private final Completion completion =
            new Completion(
                    answering(
                            BundleContext.class,
                            Map.of(
                                    "getBundles",
                                    new Bundle[] {
                                        answering(
                                                Bundle.class,
                                                Map.of("getSymbolicName", "dev.weft.mesh")),
                                        answering(
                                                Bundle.class,
                                                Map.of("getSymbolicName", "org.apache.felix.scr"))
                                    })));

    private String after(String line) {
        return completion.complete(session, line).replace('\n', ' ');
    }

    @Test
    void first_word_is_a_command_with_or_without_our_scope() {
        assertEquals("weft:call weft:code weft:peers", after("weft:"));
        assertEquals("call code", after("c"));
        assertEquals("felix:lb", after("fel"));
        assertEquals("peers", after("weft:links | pe"));
        assertEquals("", after("nothing"));
    }

    @Test
    void bundles_are_named_as_people_name_them() {
        assertEquals("mesh", after("weft:why me"));
        assertEquals("mesh", after("why "));
        assertEquals("", after("why mesh "));
    }

    @Test
    void tools_complete_a_call() {
        assertEquals("", after("call t"));
        SkillCard.ToolCard count =
                new SkillCard.ToolCard("count", "Counts", Wire.object(), null, false);
        SkillCard text =
                new SkillCard("text", "1.0.0", "Text", "Text tools", List.of(count), List.of(), "");
        completion.skills =
                answering(Skills.class, Map.of("installed", List.of(text), "disabled", List.of()));
        assertEquals("text.count", after("weft:call t"));
        assertEquals("text", after("uninstall "));
        assertEquals("disable", after("weft:skill d"));
        assertEquals("text", after("weft:skill disable t"));
        assertEquals("", after("weft:skill disable text t"));
        assertEquals("create list revoke rotate", after("key "));
        assertEquals("--expires", after("key create admin --e"));
        assertEquals("--image", after("ask what is this --im"));
        assertEquals("--sign --snapshots", after("skill publish --s"));
        assertEquals("cache caches", after("llm cach"));
        assertEquals("", after("call text.count t"));
    }

    private static <T> T answering(Class<T> type, Map<String, Object> answers) {
        return type.cast(
                Proxy.newProxyInstance(
                        CompletionTest.class.getClassLoader(),
                        new Class<?>[] {type},
                        (proxy, method, arguments) -> answers.get(method.getName())));
    }
}
