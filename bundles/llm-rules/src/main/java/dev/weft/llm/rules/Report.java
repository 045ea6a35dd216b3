package dev.weft.llm.rules;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import java.util.List;
import java.util.Set;

/** Writes the answer from what the tools returned: the figures as they are, nothing made up. */
final class Report {
    private static final String SIGNATURE = "(answered by fixed rules, not by a language model)";
    private final ObjectReader reader = new JsonMapper().reader();

    /** Writes an answer.
     * @param results what the tools returned
     * @param prompt what was asked
     * @return plain text */
    String write(List<ToolExecutionResultMessage> results, String prompt) {
        StringBuilder answer = new StringBuilder();
        Set<String> wanted = Words.of(prompt);
        for (ToolExecutionResultMessage result : results) {
            append(answer, result, wanted);
        }
        return answer.append(SIGNATURE).toString();
    }

    private void append(
            StringBuilder answer, ToolExecutionResultMessage result, Set<String> wanted) {
        JsonNode whole = parse(result.text());
        boolean enveloped =
                whole != null
                        && whole.isObject()
                        && (whole.has("result") || whole.has("error") || whole.has("part"));
        String agent = enveloped ? whole.path("agent").asText("") : "";
        String heading = result.toolName() + (agent.isEmpty() ? "" : " on " + agent);
        if (enveloped && whole.has("error")) {
            answer.append(heading)
                    .append(" failed: ")
                    .append(whole.get("error").path("message").asText(whole.get("error").asText()))
                    .append('\n');
        } else if (whole == null) {
            answer.append(heading)
                    .append(Boolean.TRUE.equals(result.isError()) ? " failed: " : ":\n")
                    .append(result.text())
                    .append('\n');
        } else {
            JsonNode value =
                    !enveloped
                            ? whole
                            : whole.has("result") ? whole.get("result") : whole.get("part");
            answer.append(heading).append(":\n").append(new Figures(wanted).add(value, 2));
            if (enveloped && whole.has("note")) {
                answer.append("  (").append(whole.get("note").asText()).append(")\n");
            }
        }
    }

    private JsonNode parse(String text) {
        try {
            JsonNode node = reader.readTree(text);
            return node == null || node.isMissingNode() ? null : node;
        } catch (JsonProcessingException plainText) {
            return null;
        }
    }
}
