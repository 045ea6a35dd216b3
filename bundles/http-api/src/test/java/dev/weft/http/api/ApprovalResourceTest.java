package dev.weft.http.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.identity.Role;
import dev.weft.api.llm.Llm;
import dev.weft.api.task.TaskQuestion;
import dev.weft.api.task.TaskState;
import dev.weft.protocol.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ApprovalResourceTest {
    @Test
    void lists_what_waits_and_each_entry_says_which_call_answers_it() throws Exception {
        try (TestHost host = new TestHost()) {
            List<String> kinds = new ArrayList<>();
            for (JsonNode one : host.as(Role.ADMIN, "GET", "/api/approvals", null).json()) {
                kinds.add(one.path("kind").asText() + " " + one.path("id").asText());
                for (String answer : List.of("approve", "reject")) {
                    if (one.path(answer).isObject()) {
                        String path = one.path(answer).path("path").asText();
                        String body = one.path(answer).path("body").toString();
                        int status = host.as(Role.ADMIN, "POST", path, body).status();
                        assertTrue(status != 404 || !path.contains("pairing"), path + status);
                        assertTrue(status < 500 && status != 405, path + " " + status);
                    }
                }
            }
            assertEquals(List.of("host p1", "publisher other/org.new", "update disk"), kinds);
        }
    }

    private static Map<String, JsonNode> waiting(TestHost host) throws Exception {
        Map<String, JsonNode> all = new TreeMap<>();
        for (JsonNode one : host.as(Role.OPERATOR, "GET", "/api/approvals", null).json()) {
            all.put(one.path("kind").asText() + " " + one.path("id").asText(), one);
        }
        return all;
    }

    private static int post(TestHost host, JsonNode answer) throws Exception {
        return host.as(
                        Role.ADMIN,
                        "POST",
                        answer.path("path").asText(),
                        answer.path("body").toString())
                .status();
    }

    @Test
    void a_used_up_budget_a_call_and_a_question_wait_in_the_same_list() throws Exception {
        try (TestHost host = new TestHost()) {
            JsonNode arguments = Wire.object().put("text", "a b");
            host.engine.asks(
                    "t1",
                    Fakes.SELF,
                    TaskState.AUTH_REQUIRED,
                    new TaskQuestion("may it count?", null, arguments));
            host.engine.asks(
                    "t2",
                    Fakes.SELF,
                    TaskState.INPUT_REQUIRED,
                    new TaskQuestion("which text?", Wire.object(), null));
            host.engine.asks(
                    "t3",
                    Fakes.OTHER,
                    TaskState.AUTH_REQUIRED,
                    new TaskQuestion("may it count?", null, arguments));
            host.llm.budgets =
                    List.of(
                            new Llm.Budget("route:default", "day", 100, 98, 0, 0, 0, 0, 2),
                            new Llm.Budget("skill:words", "day", 100, 7, 0, 0, 0, 0, 0));
            Map<String, JsonNode> all = waiting(host);
            assertTrue(!all.containsKey("budget skill:words"), "nobody waits for it");
            JsonNode budget = all.get("budget route:default");
            String detail = budget.path("detail").asText();
            assertEquals(
                    "2 calls wait: 98 of 100 tokens are used per day; approving allows as much again",
                    detail);
            assertTrue(budget.path("reject").isNull(), "a call that waits ends by itself");
            JsonNode question = all.get("question t2");
            assertEquals("which text?", question.path("detail").asText());
            assertTrue(question.path("approve").isNull(), "a question is answered with words");
            JsonNode far = all.get("call t3");
            assertTrue(far.path("approve").isNull() && far.path("reject").isNull());
            assertTrue(far.path("detail").asText().contains("only where it runs"));
            JsonNode call = all.get("call t1");
            assertEquals("words.count", call.path("title").asText());
            assertEquals("may it count? {\"text\":\"a b\"}", call.path("detail").asText());

            assertEquals(200, post(host, call.path("reject")));
            assertEquals(200, post(host, call.path("approve")));
            assertEquals(List.of("t1 false", "t1 true"), host.engine.answers);
            assertEquals(200, post(host, budget.path("approve")));
            assertEquals(200, host.llm.budgets.get(0).tokenLimit(), "as much again");
            assertTrue(!waiting(host).containsKey("budget route:default"));
        }
    }
}
