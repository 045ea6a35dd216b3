package dev.weft.http.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.identity.Role;
import java.util.ArrayList;
import java.util.List;
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
}
