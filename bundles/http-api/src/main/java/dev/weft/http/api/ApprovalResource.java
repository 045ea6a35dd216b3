package dev.weft.http.api;

import static dev.weft.api.identity.Role.ADMIN;
import static dev.weft.api.identity.Role.OPERATOR;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.catalog.Catalog;
import dev.weft.api.catalog.Repository;
import dev.weft.api.catalog.Waiting;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.llm.Llm;
import dev.weft.api.registry.Pairing;
import dev.weft.api.task.Task;
import dev.weft.api.task.TaskState;
import dev.weft.api.task.Tasks;
import dev.weft.protocol.Wire;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Everything at this host that waits for a person, in one list; each says which call answers it. */
final class ApprovalResource implements Resource {
    private static final int MOST_TASKS = 10_000;
    private final Rooms rooms;
    private final HostIdentity identity;

    ApprovalResource(Rooms rooms, HostIdentity identity) {
        this.rooms = rooms;
        this.identity = identity;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.get(
                        "/api/approvals",
                        "Everything that waits for a person: hosts at the door, calls and questions of tasks, used up budgets, publishers that nobody trusts, updates that ask; each with the POST that answers it, null where there is none",
                        Route.roles(ADMIN, OPERATOR),
                        this::list));
    }

    private CompletionStage<Reply> list(Call call) {
        List<ObjectNode> all = new ArrayList<>();
        Pairing pairing = rooms.pairing;
        if (pairing != null) {
            pairing.list(true).forEach(entry -> all.add(host(entry)));
        }
        Tasks tasks = rooms.tasks;
        if (tasks != null) {
            tasks.list(MOST_TASKS).stream()
                    .filter(task -> task.question() != null)
                    .forEach(task -> all.add(task(task)));
        }
        Llm llm = rooms.llm;
        if (llm != null) {
            llm.budgets().stream()
                    .filter(budget -> budget.waiting() > 0)
                    .forEach(budget -> all.add(budget(budget)));
        }
        Catalog catalog = rooms.catalog;
        if (catalog != null) {
            for (Repository repository : catalog.repositories()) {
                repository.publishers().stream()
                        .filter(publisher -> !publisher.trusted())
                        .forEach(publisher -> all.add(publisher(repository, publisher)));
            }
            catalog.waiting().forEach(waiting -> all.add(update(waiting)));
        }
        return Page.of(call, all, one -> one.path("kind").asText() + " " + one.path("id").asText());
    }

    private static ObjectNode host(Pairing.Entry entry) {
        String path = "/api/pairing/" + segment(entry.id());
        return one(
                "host",
                entry.id(),
                entry.agentName(),
                "wants to join with key " + entry.publicKey(),
                answer(path + "/approve", Wire.object()),
                answer(path + "/reject", Wire.object()));
    }

    /** An approval counts only where the call runs; a question is answered with words. */
    private ObjectNode task(Task task) {
        String path = "/api/hub/tasks/" + segment(task.id()) + "/input";
        boolean call = task.state() == TaskState.AUTH_REQUIRED;
        boolean here = identity.agentId().equals(task.target());
        String detail = task.question().text();
        if (call) {
            detail += " " + Wire.write(task.question().arguments());
        }
        return one(
                call ? "call" : "question",
                task.id(),
                task.tool().isEmpty() ? task.skill() : task.skill() + "." + task.tool(),
                call && !here ? detail + " (only where it runs, on " + task.target() + ")" : detail,
                call && here ? answer(path, Wire.object().put("approve", true)) : null,
                call && here ? answer(path, Wire.object().put("approve", false)) : null);
    }

    /** As much again as the period has now. */
    private static ObjectNode budget(Llm.Budget budget) {
        List<String> used = new ArrayList<>();
        if (budget.tokenLimit() > 0) {
            used.add(budget.tokens() + " of " + budget.tokenLimit() + " tokens");
        }
        if (budget.moneyLimit() > 0) {
            used.add(budget.money() + " of " + budget.moneyLimit() + " money");
        }
        return one(
                "budget",
                budget.name(),
                "budget " + budget.name(),
                (budget.waiting() == 1 ? "1 call waits: " : budget.waiting() + " calls wait: ")
                        + String.join(" and ", used)
                        + " are used per "
                        + budget.per()
                        + "; approving allows as much again",
                answer(
                        "/api/llm/budgets/" + segment(budget.name()) + "/raise",
                        Wire.object()
                                .put("tokens", budget.tokenLimit())
                                .put("money", budget.moneyLimit())),
                null);
    }

    private static ObjectNode publisher(Repository repository, Repository.Publisher publisher) {
        return one(
                "publisher",
                repository.name() + "/" + publisher.namespace(),
                publisher.name().isEmpty() ? publisher.namespace() : publisher.name(),
                "nobody here trusts its keys: compare fingerprint "
                        + publisher.fingerprint()
                        + " with what the publisher tells by another way",
                answer(
                        "/api/catalog/repositories/"
                                + segment(repository.name())
                                + "/publishers/"
                                + segment(publisher.namespace()),
                        Wire.object().put("fingerprint", publisher.fingerprint())),
                null);
    }

    private static ObjectNode update(Waiting waiting) {
        return one(
                "update",
                waiting.skill(),
                "update of " + waiting.skill(),
                waiting.reason() + "; weft update " + waiting.skill() + " shows the plan",
                null,
                null);
    }

    private static ObjectNode one(
            String kind,
            String id,
            String title,
            String detail,
            JsonNode approve,
            JsonNode reject) {
        ObjectNode one = Wire.object();
        one.put("kind", kind).put("id", id).put("title", title).put("detail", detail);
        one.set("approve", approve);
        one.set("reject", reject);
        return one;
    }

    private static ObjectNode answer(String path, ObjectNode body) {
        ObjectNode answer = Wire.object().put("path", path);
        answer.set("body", body);
        return answer;
    }

    private static String segment(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
