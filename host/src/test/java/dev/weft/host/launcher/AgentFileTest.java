package dev.weft.host.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentFileTest {
    @TempDir Path folder;

    private AgentFile read(String text) throws IOException {
        Files.writeString(folder.resolve("agent.yaml"), text);
        return AgentFile.read(folder);
    }

    @Test
    void routes_and_budgets_become_the_router_s_lines() throws IOException {
        AgentFile file =
                read(
                        """
                        routes:
                          default: [a, b]
                          plain: a,b
                          fast: {providers: [b], cache_seconds: 60}
                        budgets:
                          route:default: {tokens: 100_000, money: 2.5, per: month}
                          "skill:*": {money: 1}
                        """);
        assertEquals(List.of(), file.errors());
        assertEquals(List.of("default=a,b", "plain=a,b", "fast=b"), file.llm().routes());
        assertEquals(List.of("fast=60"), file.llm().caches());
        assertEquals(
                List.of("route:default tokens=100000 money=2.5 per=month", "skill:* money=1"),
                file.llm().budgets());
    }

    @Test
    void each_error_has_its_line_and_a_hint() throws IOException {
        List<String> errors =
                read("""
                                routes:
                                  default: []
                                  Fast One: [a]
                                  fast: {providers: [b], cache: 60}
                                  slow: {cache_seconds: soon}
                                budgets:
                                  default: {tokens: 1}
                                  route:default: 5
                                  skill:a: {per: week}
                                  skill:b: {tokens: -1, per: day}
                                """)
                        .errors();
        List<String> expected =
                List.of(
                        ":2: the route default needs ids of providers",
                        ":3: \"Fast One\" cannot be the name of a route",
                        ":4: unknown key \"cache\" in a route. Hint: known keys are cache_seconds, providers",
                        ":5: the route slow has no providers",
                        ":5: \"cache_seconds\" must be a number above 0",
                        ":7: \"default\" cannot be the name of a budget",
                        ":8: the budget route:default must be a mapping",
                        ":9: \"week\" is no period of a budget",
                        ":9: the budget skill:a limits nothing",
                        ":10: \"tokens\" must be a number above 0");
        assertEquals(expected.size(), errors.size(), errors.toString());
        for (int i = 0; i < expected.size(); i++) {
            assertTrue(errors.get(i).contains(expected.get(i)), errors.get(i));
            assertTrue(errors.get(i).contains(". Hint: "), errors.get(i));
        }
    }
}
