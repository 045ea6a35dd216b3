package dev.weft.host.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.host.launcher.HostException;
import dev.weft.protocol.Wire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.StreamSupport;

/** Installs on other hosts: a task of skill {@code catalog} to each; their own policies decide. */
final class RemoteInstalls {
    private static final int WAIT = 300;
    private final HostCommand command;
    private final boolean json;
    private final boolean dry;

    /** Begins.
     * @param dry whether each host only plans */
    RemoteInstalls(HostCommand command, boolean json, boolean dry) {
        this.command = command;
        this.json = json;
        this.dry = dry;
    }

    /** Installs or plans, and tells for each host what became of it.
     * @throws HostException if it was not done on all of them; a plan is done whatever the host's policy answers */
    void run(List<String> skills, String where) {
        List<JsonNode> agents = agents(where);
        List<CompletableFuture<ObjectNode>> asked =
                agents.stream()
                        .map(agent -> CompletableFuture.supplyAsync(() -> ask(agent, skills)))
                        .toList();
        List<ObjectNode> results = asked.stream().map(CompletableFuture::join).toList();
        boolean all = results.stream().allMatch(r -> r.path("done").asBoolean());
        if (json) {
            ArrayNode list = Wire.object().putArray("hosts");
            list.addAll(results);
            command.output().json(list);
        } else {
            List<List<String>> rows = new ArrayList<>();
            results.forEach(
                    r ->
                            rows.add(
                                    List.of(
                                            r.path("name").asText(),
                                            r.path("agent_id").asText(),
                                            dry && r.path("done").asBoolean()
                                                    ? r.path("answer").asText()
                                                    : r.path("done").asBoolean()
                                                            ? "done"
                                                            : "not done",
                                            r.path("detail").asText())));
            command.output().table(List.of("NAME", "ID", "RESULT", "DETAIL"), rows, "");
        }
        if (!all) {
            throw new HostException(
                    HostException.FAILED,
                    dry ? "not every host planned it" : "not every host installed it");
        }
    }

    private List<JsonNode> agents(String where) {
        String[] pair = where.split("=", 2);
        List<JsonNode> found =
                StreamSupport.stream(command.client().get("/api/agents").spliterator(), false)
                        .filter(
                                agent ->
                                        pair.length == 2
                                                ? pair[1].equals(
                                                        agent.path("labels")
                                                                .path(pair[0])
                                                                .asText(null))
                                                : where.equals(agent.path("name").asText())
                                                        || where.equals(
                                                                agent.path("agent_id").asText()))
                        .toList();
        if (found.isEmpty()) {
            throw new HostException(
                    HostException.FAILED,
                    pair.length == 2
                            ? "no agent has the label " + where
                            : "no agent is called " + where);
        }
        return found;
    }

    private ObjectNode ask(JsonNode agent, List<String> skills) {
        ObjectNode result =
                Wire.object()
                        .put("name", agent.path("name").asText())
                        .put("agent_id", agent.path("agent_id").asText());
        if (!agent.path("capabilities").path("skills").toString().contains("\"catalog\"")) {
            return result.put("done", false)
                    .put(
                            "detail",
                            "it takes no installs from other agents; its owner sets installs of dev.weft.catalog.mesh");
        }
        ObjectNode task =
                Wire.object()
                        .put("skill", dry ? "catalog.plan" : "catalog.install")
                        .put("target_agent_id", agent.path("agent_id").asText())
                        .put("ttl", WAIT)
                        .put("wait", WAIT);
        skills.forEach(task.putObject("payload").putArray("skills")::add);
        JsonNode answer;
        try {
            answer = command.client().post("/api/hub/tasks", task, Duration.ofSeconds(WAIT + 30L));
        } catch (HostException e) {
            return result.put("done", false).put("detail", e.getMessage());
        }
        boolean done =
                answer.path("state").asText().equals("completed")
                        && (dry || answer.path("result").path("done").asBoolean());
        if (done && dry) {
            result.set("answer", answer.path("result").path("answer"));
        }
        return result.put("done", done).put("detail", detail(answer));
    }

    private static String detail(JsonNode answer) {
        JsonNode result = answer.path("result");
        if (!result.path("detail").asText().isEmpty()) {
            return result.path("detail").asText();
        }
        JsonNode error = answer.path("error");
        String text = error.isTextual() ? error.asText() : error.path("message").asText();
        return text.isEmpty() ? "the task is " + answer.path("state").asText() : text;
    }
}
