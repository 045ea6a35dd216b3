package dev.weft.host.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.host.launcher.HostException;
import dev.weft.protocol.Traceparent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands that list something. */
final class ListCommands {
    private ListCommands() {}

    /** A list from one REST path. */
    abstract static class Listing extends HostCommand {
        @Option(names = "--json", description = "Prints one JSON document.")
        private boolean json;

        boolean isJson() {
            return json;
        }

        abstract String path();

        abstract List<String> head();

        abstract List<String> row(JsonNode item);

        abstract String empty();

        boolean shown(JsonNode item) {
            return true;
        }

        @Override
        void run() {
            JsonNode all = client().get(path());
            if (json) {
                output().json(all);
                return;
            }
            List<List<String>> rows = new ArrayList<>();
            all.forEach(
                    item -> {
                        if (shown(item)) {
                            rows.add(row(item));
                        }
                    });
            output().table(head(), rows, empty());
        }
    }

    /** {@code weft agents}. */
    @Command(name = "agents", description = "Lists the agents of the mesh.")
    static final class Agents extends Listing {
        @Override
        String path() {
            return "/api/agents";
        }

        @Override
        List<String> head() {
            return List.of("NAME", "ID", "HEALTH", "PATH", "SKILLS", "VERSION", "PLATFORM");
        }

        @Override
        List<String> row(JsonNode agent) {
            List<String> skills = new ArrayList<>();
            agent.path("capabilities").path("skills").forEach(skill -> skills.add(skill.asText()));
            return List.of(
                    text(agent, "name"),
                    text(agent, "agent_id"),
                    text(agent, "health"),
                    agent.path("local").asBoolean() ? "here" : text(agent, "path"),
                    skills.isEmpty() ? "-" : String.join(",", skills),
                    text(agent, "version"),
                    text(agent, "platform"));
        }

        @Override
        String empty() {
            return "no agents yet; let one join with: weft code";
        }
    }

    /** {@code weft skills}. */
    @Command(name = "skills", description = "Lists the skills of the mesh.")
    static final class Skills extends Listing {
        @Parameters(
                arity = "0..1",
                paramLabel = "QUERY",
                description = "Only skills whose id, title or host contains this.")
        private String query;

        @Option(
                names = "--catalog",
                description = "What the repositories of the host offer, the best match first.")
        private boolean catalog;

        @Override
        String path() {
            return catalog
                    ? "/api/catalog?limit=100&q=" + (query == null ? "" : HostClient.segment(query))
                    : "/api/skills";
        }

        @Override
        List<String> head() {
            return catalog
                    ? List.of(
                            "SKILL",
                            "VERSION",
                            "HERE",
                            "REPOSITORY",
                            "PUBLISHER",
                            "SIZE",
                            "PERMISSIONS",
                            "TITLE")
                    : List.of(
                            "SKILL",
                            "VERSION",
                            "HOST",
                            "STATE",
                            "ORIGIN",
                            "TOOLS",
                            "PERMISSIONS",
                            "TITLE");
        }

        @Override
        boolean shown(JsonNode skill) {
            return catalog
                    || query == null
                    || (text(skill, "id") + " " + text(skill, "title") + " " + text(skill, "host"))
                            .toLowerCase(Locale.ROOT)
                            .contains(query.toLowerCase(Locale.ROOT));
        }

        @Override
        List<String> row(JsonNode skill) {
            if (catalog) {
                return offered(skill);
            }
            List<String> tools = new ArrayList<>();
            skill.path("tools").forEach(tool -> tools.add(tool.path("name").asText()));
            List<String> permissions = new ArrayList<>();
            skill.path("permissions").forEach(permission -> permissions.add(permission.asText()));
            String state =
                    text(skill, "state")
                            + (skill.path("reason").asText("").isEmpty()
                                    ? ""
                                    : ": " + skill.path("reason").asText());
            return List.of(
                    text(skill, "id"),
                    text(skill, "version"),
                    text(skill, "host"),
                    state,
                    origin(skill),
                    tools.isEmpty() ? "-" : String.join(",", tools),
                    permissions.isEmpty() ? "-" : String.join(",", permissions),
                    text(skill, "title"));
        }

        /** Where a skill of this host is from; what nobody signed says so. */
        private static String origin(JsonNode skill) {
            String origin = text(skill, "origin");
            return origin.isEmpty()
                    ? "-"
                    : skill.path("signed").asBoolean(true) ? origin : origin + " (unsigned)";
        }

        private static List<String> offered(JsonNode skill) {
            List<String> permissions = new ArrayList<>();
            skill.path("permissions").forEach(permission -> permissions.add(permission.asText()));
            return List.of(
                    text(skill, "skill"),
                    text(skill, "version"),
                    skill.path("compatible").asBoolean()
                            ? text(skill, "installed").isEmpty() ? "-" : text(skill, "installed")
                            : "lacks " + text(skill, "lacks"),
                    text(skill, "repository"),
                    text(skill, "publisher"),
                    Plans.size(skill.path("size").asLong()),
                    permissions.isEmpty() ? "-" : String.join(",", permissions),
                    text(skill, "title"));
        }

        @Override
        String empty() {
            if (catalog) {
                return "the repositories of the host offer no such skill; weft catalog list shows which it reads";
            }
            return query == null
                    ? "no skills yet; drop a jar into the deploy folder, or: weft deploy JAR"
                    : "no skill matches \"" + query + "\"";
        }
    }

    /** {@code weft tasks}. */
    @Command(name = "tasks", description = "Lists the tasks of this host, newest first.")
    static final class Tasks extends Listing {
        @Parameters(
                arity = "0..1",
                paramLabel = "ID",
                description =
                        "Shows this task and what became of it, step by step, and all of its trace on all hosts.")
        private String id;

        @Override
        void run() {
            if (id == null) {
                super.run();
            } else {
                JsonNode task = client().get("/api/hub/tasks/" + HostClient.segment(id));
                if (isJson()) {
                    output().json(task);
                } else {
                    new TaskView(output()).show(task);
                    trace(task.path("traceparent").asText());
                }
            }
        }

        private void trace(String traceparent) {
            String id = Traceparent.trace(traceparent);
            if (id.isEmpty()) {
                return;
            }
            try {
                JsonNode trace = client().get("/api/hub/traces/" + id);
                new TraceView(output()).show(trace, client().get("/api/agents"));
            } catch (HostException e) {
                output().line("the rest of its trace is not told: " + e.getMessage());
            }
        }

        @Override
        String path() {
            return "/api/hub/tasks/all";
        }

        @Override
        List<String> head() {
            return List.of("ID", "STATE", "SKILL", "FROM", "ON", "PATH", "AGE");
        }

        @Override
        List<String> row(JsonNode task) {
            String tool = text(task, "tool");
            return List.of(
                    text(task, "id"),
                    text(task, "state"),
                    text(task, "skill") + (tool.equals("-") ? "" : "." + tool),
                    text(task, "source_agent_id"),
                    text(task, "assigned_agent_id"),
                    text(task, "path"),
                    Output.ago(task.path("created_at").asDouble()));
        }

        @Override
        String empty() {
            return "no tasks yet; run one with: weft call SKILL";
        }
    }

    /** {@code weft peers}. */
    @Command(
            name = "peers",
            description = "Lists the peers to which a link is up: path, round trip, bytes.")
    static final class Peers extends Listing {
        @Override
        String path() {
            return "/api/peers";
        }

        @Override
        List<String> head() {
            return List.of("NAME", "ID", "PATH", "RTT", "SENT", "RECEIVED", "UP", "CANDIDATES");
        }

        @Override
        List<String> row(JsonNode peer) {
            double rtt = peer.path("rtt_ms").asDouble(-1);
            Function<String, String> bytes = key -> peer.path(key).asLong() + " B";
            return List.of(
                    text(peer, "name"),
                    text(peer, "id"),
                    text(peer, "path"),
                    rtt < 0 ? "-" : String.format(Locale.ROOT, "%.2f ms", rtt),
                    bytes.apply("bytes_sent"),
                    bytes.apply("bytes_received"),
                    Output.ago(peer.path("since").asDouble()),
                    text(peer, "candidate_pair"));
        }

        @Override
        String empty() {
            return "no peers are linked; see who is on the mesh with: weft agents";
        }
    }

    private static String text(JsonNode node, String key) {
        String value = node.path(key).asText("");
        return value.isEmpty() ? "-" : value;
    }
}
