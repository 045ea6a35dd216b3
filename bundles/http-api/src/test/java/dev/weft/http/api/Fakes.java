package dev.weft.http.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.agent.Agent;
import dev.weft.api.audit.Audit;
import dev.weft.api.deploy.Deployments;
import dev.weft.api.event.Event;
import dev.weft.api.event.Events;
import dev.weft.api.health.HealthCheck;
import dev.weft.api.health.Readiness;
import dev.weft.api.identity.AccessKeys;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.identity.Principal;
import dev.weft.api.identity.Role;
import dev.weft.api.identity.Tokens;
import dev.weft.api.llm.Llm;
import dev.weft.api.mesh.AgentDirectory;
import dev.weft.api.mesh.Mesh;
import dev.weft.api.mesh.MeshException;
import dev.weft.api.mesh.Path;
import dev.weft.api.mesh.Peer;
import dev.weft.api.registry.AgentRecord;
import dev.weft.api.registry.Inbox;
import dev.weft.api.registry.Pairing;
import dev.weft.api.registry.Registry;
import dev.weft.api.registry.RouteRequest;
import dev.weft.api.skill.SkillSettings;
import dev.weft.api.skill.Skills;
import dev.weft.api.task.Task;
import dev.weft.api.task.TaskError;
import dev.weft.api.task.TaskHandle;
import dev.weft.api.task.TaskQuestion;
import dev.weft.api.task.TaskRequest;
import dev.weft.api.task.TaskState;
import dev.weft.api.task.Tasks;
import dev.weft.protocol.AgentCard;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.MeshMessage;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.SkillCard;
import dev.weft.protocol.Wire;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** The contracts behind the API, in memory. */
final class Fakes {
    static final AgentId SELF = new AgentId("agent-self");
    static final AgentId OTHER = new AgentId("agent-other");

    private Fakes() {}

    static AgentCard card(String id, SkillCard... skills) {
        return new AgentCard(
                new AgentId(id),
                "box",
                "",
                0,
                id,
                null,
                "running",
                "all",
                id.replace("agent-", ""),
                List.of(skills),
                Map.of(),
                "0.1.0",
                "linux-x86_64",
                "",
                0);
    }

    static SkillCard skill(String id) {
        return new SkillCard(
                id,
                "1.0.0",
                id + " title",
                "does " + id,
                List.of(new SkillCard.ToolCard("run", "runs", null)));
    }

    static final class Identity implements HostIdentity {
        @Override
        public AgentId agentId() {
            return SELF;
        }

        @Override
        public String name() {
            return "self";
        }

        @Override
        public String publicKey() {
            return "";
        }

        @Override
        public byte[] sign(byte[] message) {
            return new byte[64];
        }

        @Override
        public Optional<String> deviceToken() {
            return Optional.empty();
        }
    }

    static final class Keys implements AccessKeys {
        final Map<String, KeyInfo> byKey = new ConcurrentHashMap<>();

        @Override
        public synchronized NewKey create(Role role, String label) {
            String id = "k" + byKey.size() + "-" + role.wireName();
            byKey.put("wk_" + id, new KeyInfo(id, role, label, Instant.EPOCH));
            return new NewKey(id, "wk_" + id, role);
        }

        @Override
        public NewKey create(Role role, String label, Instant expires) {
            NewKey key = create(role, label);
            byKey.put(
                    key.key(),
                    new KeyInfo(key.id(), role, label, Instant.EPOCH, expires, null, null, null));
            return key;
        }

        @Override
        public synchronized Optional<NewKey> rotate(String id, java.time.Duration grace) {
            return byKey.values().stream()
                    .filter(info -> info.id().equals(id))
                    .findFirst()
                    .map(
                            info -> {
                                String key = "wk_" + id + "-again";
                                if (grace.isZero()) {
                                    revoke(id);
                                }
                                byKey.put(key, info);
                                return new NewKey(id, key, info.role());
                            });
        }

        @Override
        public Optional<Principal> verify(String key) {
            return Optional.ofNullable(byKey.get(key))
                    .map(info -> new Principal(info.id(), info.role()));
        }

        @Override
        public List<KeyInfo> list() {
            return byKey.values().stream().sorted((a, b) -> a.id().compareTo(b.id())).toList();
        }

        @Override
        public boolean revoke(String id) {
            return byKey.values().removeIf(info -> info.id().equals(id));
        }
    }

    /** Keeps entries in the order they came. */
    static final class Log implements Audit {
        final List<Entry> entries = new CopyOnWriteArrayList<>();

        List<Entry> of(String what) {
            return entries.stream().filter(entry -> entry.what().equals(what)).toList();
        }

        @Override
        public void record(Entry entry) {
            entries.add(entry);
        }

        @Override
        public List<Record> latest(int limit) {
            return entries.stream()
                    .limit(limit)
                    .map(
                            e ->
                                    new Record(
                                            1,
                                            "",
                                            e.who(),
                                            e.role(),
                                            e.what(),
                                            e.target(),
                                            e.outcome(),
                                            e.correlation(),
                                            "",
                                            ""))
                    .toList();
        }

        @Override
        public void export(Sink sink) throws IOException {
            for (Record record : latest(1000)) {
                sink.line(Wire.write((Object) record));
            }
        }

        @Override
        public Verification verify() {
            return new Verification(false, 3, 1, 3, 4, "audit.log, line 4: the record was changed");
        }
    }

    /** A token says what it is worth: {@code subject|role}. */
    static final class PlainTokens implements Tokens {
        @Override
        public String issue(Principal principal) {
            return principal.subject() + "|" + principal.role().wireName();
        }

        @Override
        public String rotate() {
            return "k2";
        }

        @Override
        public Optional<Principal> verify(String token) {
            String[] parts = token.split("\\|");
            return parts.length == 2 && parts[1].matches("admin|operator|agent|viewer|publisher")
                    ? Optional.of(new Principal(parts[0], Role.of(parts[1])))
                    : Optional.empty();
        }
    }

    static final class Directory implements Registry, AgentDirectory {
        final Map<AgentId, AgentCard> cards =
                new LinkedHashMap<>(Map.of(OTHER, card("agent-other", skill("disk"))));

        static AgentRecord record(AgentCard card) {
            return new AgentRecord(
                    card,
                    AgentRecord.Health.ACTIVE,
                    true,
                    "2026-01-01T00:00:00Z",
                    "2026-01-01T00:00:00Z");
        }

        @Override
        public synchronized AgentRecord register(AgentCard card) {
            if (card.name().equals("taken")) {
                throw new ProtocolException("name_taken", "another agent has the name");
            }
            cards.put(card.agentId(), card);
            return record(card);
        }

        @Override
        public synchronized AgentRecord heartbeat(AgentId id, JsonNode changes) {
            return record(cards.computeIfAbsent(id, any -> card(id.value())));
        }

        @Override
        public synchronized boolean remove(AgentId id) {
            return cards.remove(id) != null;
        }

        @Override
        public synchronized List<AgentRecord> list() {
            return cards.values().stream().map(Directory::record).toList();
        }

        @Override
        public synchronized Optional<AgentRecord> find(AgentId id) {
            return Optional.ofNullable(cards.get(id)).map(Directory::record);
        }

        @Override
        public Optional<AgentRecord> route(String skill, AgentId caller) {
            return list().stream()
                    .filter(
                            agent ->
                                    agent.card().offers(skill)
                                            && !agent.card().agentId().equals(caller))
                    .findFirst();
        }

        @Override
        public Optional<AgentRecord> route(RouteRequest request) {
            if (request.hops() >= RouteRequest.MAX_HOPS) {
                throw new ProtocolException("too_many_hops", "it goes in a circle");
            }
            Optional<AgentRecord> found =
                    list().stream().filter(agent -> request.fits(agent.card())).findFirst();
            if (found.filter(agent -> agent.card().load() >= 1).isPresent()) {
                throw new ProtocolException("all_busy", "all are busy");
            }
            return found;
        }

        @Override
        public void connected(AgentId id, boolean connected) {}

        @Override
        public Collection<KnownAgent> agents() {
            List<KnownAgent> all =
                    new ArrayList<>(
                            List.of(
                                    new KnownAgent(
                                            card("agent-self", skill("text")), "active", true)));
            list().forEach(agent -> all.add(new KnownAgent(agent.card(), "active", false)));
            return all;
        }

        @Override
        public Optional<KnownAgent> find(String idOrName) {
            return agents().stream()
                    .filter(
                            agent ->
                                    agent.card().agentId().value().equals(idOrName)
                                            || agent.card().name().equals(idOrName))
                    .findFirst();
        }

        @Override
        public void learned(AgentId id, AgentCard card) {}
    }

    static final class Waiting implements Inbox {
        final Map<String, Entry> entries = new ConcurrentHashMap<>();

        void end(String id, String result) {
            entries.computeIfPresent(
                    id,
                    (same, e) ->
                            new Entry(
                                    id,
                                    e.skill(),
                                    e.target(),
                                    e.source(),
                                    OTHER.value(),
                                    e.payload(),
                                    "completed",
                                    result,
                                    "",
                                    1,
                                    2,
                                    e.ttl(),
                                    e.traceparent(),
                                    e.requestId()));
        }

        @Override
        public Entry submit(Submission s) {
            if (s.skill().isEmpty() && s.target().isEmpty()) {
                throw new ProtocolException("bad_task", "a task needs a skill or a target");
            }
            String id = "inbox-" + entries.size();
            entries.put(
                    id,
                    new Entry(
                            id,
                            s.skill(),
                            s.target(),
                            s.source(),
                            "",
                            s.payload(),
                            "pending",
                            "",
                            "",
                            1,
                            1,
                            s.ttl(),
                            s.traceparent(),
                            s.requestId()));
            return entries.get(id);
        }

        @Override
        public Optional<Entry> find(String id) {
            return Optional.ofNullable(entries.get(id));
        }

        @Override
        public List<Entry> list(int limit) {
            return List.copyOf(entries.values());
        }

        @Override
        public List<Entry> take(AgentId agent, Collection<String> skills) {
            return entries.values().stream().filter(e -> e.target().equals(agent.value())).toList();
        }

        @Override
        public Optional<Entry> update(
                String id, AgentId by, String state, String result, String error) {
            if (!by.equals(OTHER)) {
                throw new ProtocolException("not_yours", "assigned to another");
            }
            return find(id);
        }
    }

    static class Doors implements Pairing {
        final Set<AgentId> revoked = new HashSet<>();

        @Override
        public Code generateCode(String createdBy) {
            return new Code("123456", 300);
        }

        @Override
        public Answer pair(Request request) {
            if (!request.code().equals("123456")) {
                throw new ProtocolException("bad_code", "this code is unknown");
            }
            return new Answer("p1", "pending_approval", OTHER, null);
        }

        @Override
        public List<Entry> list(boolean pendingOnly) {
            return List.of(new Entry("p1", "other", OTHER, "", "pending_approval", 1, 1));
        }

        @Override
        public Optional<Entry> approve(String id) {
            return list(true).stream().filter(e -> e.id().equals(id)).findFirst();
        }

        @Override
        public Optional<Entry> reject(String id) {
            return approve(id);
        }

        @Override
        public Optional<Entry> revoke(String id) {
            revoked.add(OTHER);
            return approve(id);
        }

        @Override
        public Optional<Principal> verifyDeviceToken(String token) {
            return token.equals("dt_good")
                    ? Optional.of(new Principal(OTHER.value(), Role.AGENT))
                    : Optional.empty();
        }

        @Override
        public boolean isApproved(AgentId id) {
            return !revoked.contains(id);
        }
    }

    static final class Engine implements Tasks {
        final Map<String, Task> tasks = new ConcurrentHashMap<>();
        final Map<String, CompletableFuture<Task>> open = new ConcurrentHashMap<>();
        final List<String> answers = new CopyOnWriteArrayList<>();

        /** A task of this host that waits for a person. */
        void asks(String id, AgentId target, TaskState state, TaskQuestion question) {
            Instant now = Instant.now();
            tasks.put(
                    id,
                    new Task(
                            id,
                            "words",
                            "count",
                            Wire.object(),
                            SELF,
                            target,
                            state,
                            "local",
                            null,
                            null,
                            now,
                            now,
                            now.plusSeconds(300),
                            1,
                            1,
                            question,
                            ""));
        }

        static Task task(
                String id, TaskRequest r, TaskState state, JsonNode result, TaskError error) {
            Instant now = Instant.now();
            return new Task(
                    id,
                    r.skill(),
                    "run",
                    r.input(),
                    r.source(),
                    SELF,
                    state,
                    "local",
                    result,
                    error,
                    now,
                    now,
                    now.plus(r.ttl()),
                    1,
                    1,
                    null,
                    r.options().traceparent());
        }

        @Override
        public TaskHandle submit(TaskRequest request) {
            String id = "t" + tasks.size();
            Task task =
                    switch (request.skill()) {
                        case "slow" -> task(id, request, TaskState.WORKING, null, null);
                        case "nope" ->
                                task(
                                        id,
                                        request,
                                        TaskState.REJECTED,
                                        null,
                                        new TaskError("unknown_skill", "no skill nope"));
                        case "busy" -> throw new dev.weft.api.task.TaskException("busy", "no room");
                        default -> task(id, request, TaskState.COMPLETED, request.input(), null);
                    };
            tasks.put(id, task);
            var done = new CompletableFuture<Task>();
            if (task.state().isFinal()) {
                done.complete(task);
            } else {
                open.put(id, done);
            }
            return new TaskHandle() {
                @Override
                public Task task() {
                    return tasks.get(id);
                }

                @Override
                public CompletableFuture<Task> done() {
                    return done;
                }

                @Override
                public void onChunk(Consumer<String> subscriber) {}
            };
        }

        @Override
        public Task call(TaskRequest request, Consumer<TaskHandle> accepted) {
            throw new UnsupportedOperationException("requests do not wait on their thread");
        }

        @Override
        public Optional<Task> find(String id) {
            return Optional.ofNullable(tasks.get(id));
        }

        @Override
        public List<Task> list(int limit) {
            return List.copyOf(tasks.values());
        }

        @Override
        public Optional<TaskHandle> running(String id) {
            return Optional.empty();
        }

        @Override
        public boolean cancel(String id) {
            return open.remove(id) != null;
        }

        @Override
        public Task answer(String id, dev.weft.api.task.TaskAnswer answer) {
            if (!tasks.containsKey(id)) {
                throw new dev.weft.api.task.TaskException("unknown_task", "no task " + id);
            }
            if (tasks.get(id).state().isFinal()) {
                throw new dev.weft.api.task.TaskException("not_asked", id + " asks nothing");
            }
            answers.add(
                    id
                            + " "
                            + answer.text().orElse("")
                            + answer.approval().map(String::valueOf).orElse(""));
            return tasks.get(id);
        }

        @Override
        public List<dev.weft.api.task.TaskStep> trace(String id) {
            return List.of(new dev.weft.api.task.TaskStep(Instant.now(), "self", "submitted", ""));
        }

        @Override
        public double load() {
            return 0;
        }
    }

    static final class Links implements Mesh {
        volatile JsonNode asked;

        @Override
        public CompletableFuture<MeshMessage> request(
                AgentId target,
                String type,
                JsonNode payload,
                Duration timeout,
                Consumer<MeshMessage> interim) {
            asked = payload;
            return payload.path("message").asText().equals("unreachable")
                    ? CompletableFuture.failedFuture(new MeshException("unreachable", "no path"))
                    : CompletableFuture.completedFuture(
                            new MeshMessage(
                                    MeshMessage.AGENT_RESPONSE,
                                    "1",
                                    target.value(),
                                    "",
                                    Wire.object().put("text", "from " + target)));
        }

        @Override
        public CompletableFuture<Void> send(
                AgentId target, String type, String requestId, JsonNode payload) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public List<Peer> peers() {
            return List.of(new Peer(OTHER, "other", Path.P2P, 0.4, 10, 20, "", 1));
        }

        @Override
        public Optional<Peer> peer(AgentId id) {
            return peers().stream().filter(peer -> peer.id().equals(id)).findFirst();
        }
    }

    static final class Installed implements Skills {
        private volatile boolean on = true;

        @Override
        public List<SkillCard> installed() {
            return on ? List.of(skill("text")) : List.of();
        }

        @Override
        public List<SkillCard> disabled() {
            return on ? List.of() : List.of(skill("text"));
        }

        @Override
        public void enable(String id, boolean enabled) {
            if (!id.equals("text")) {
                throw new java.util.NoSuchElementException("no skill " + id);
            }
            on = enabled;
        }

        @Override
        public Call prepare(String skill, JsonNode input) {
            throw new UnsupportedOperationException();
        }
    }

    static final class Settings implements SkillSettings {
        @Override
        public Optional<SkillSettings.Settings> find(String skill) {
            return skill.equals("text")
                    ? Optional.of(new SkillSettings.Settings("x", Wire.object(), Wire.object()))
                    : Optional.empty();
        }

        @Override
        public Optional<SkillSettings.Settings> replace(String skill, JsonNode values) {
            return find(skill);
        }

        @Override
        public Optional<SkillSettings.Settings> change(String skill, JsonNode values) {
            return find(skill);
        }
    }

    static final class Folder implements Deployments {
        final Map<String, Integer> stored = new ConcurrentHashMap<>();

        @Override
        public List<Deployment> list() {
            return List.of(
                    new Deployment(
                            "bad.jar",
                            "",
                            "",
                            List.of(),
                            State.REFUSED,
                            "not a zip",
                            List.of(),
                            ""),
                    active("text.jar", List.of("text")));
        }

        @Override
        public CompletableFuture<Deployment> put(String fileName, InputStream jar)
                throws IOException {
            stored.put(fileName, jar.readAllBytes().length);
            return CompletableFuture.completedFuture(active(fileName, List.of("disk")));
        }

        private static Deployment active(String file, List<String> skills) {
            return new Deployment(
                    file, "x", "1.0.0", skills, State.ACTIVE, "", List.of("0.9.0", "0.8.0"), "");
        }

        @Override
        public CompletableFuture<Deployment> rollback(String skill, String version) {
            if (!skill.equals("disk")) {
                return CompletableFuture.failedFuture(
                        new NoSuchElementException("no skill is called " + skill));
            }
            if (version.equals("7.0.0")) {
                return CompletableFuture.failedFuture(
                        new IllegalStateException("no earlier version 7.0.0 of disk is kept"));
            }
            return CompletableFuture.completedFuture(active("disk.jar", List.of("disk")));
        }

        @Override
        public CompletableFuture<Deployment> retry(String skill) {
            return skill.equals("disk")
                    ? CompletableFuture.completedFuture(active("disk.jar", List.of("disk")))
                    : CompletableFuture.failedFuture(
                            new NoSuchElementException("no refused file is called " + skill));
        }

        @Override
        public CompletableFuture<Fit> check(java.nio.file.Path file) {
            return CompletableFuture.failedFuture(new UnsupportedOperationException());
        }

        @Override
        public CompletableFuture<Boolean> delete(String fileName) {
            return CompletableFuture.completedFuture(false);
        }

        @Override
        public boolean remove(String skill) {
            return skill.equals("disk");
        }
    }

    static final class Router implements Llm {
        volatile List<Budget> budgets =
                List.of(new Budget("route:default", "day", 100, 7, 0, 0, 0, 0, 0));

        final Map<String, List<String>> routes =
                new LinkedHashMap<>(Map.of(DEFAULT_ROUTE, List.of("rules")));

        @Override
        public List<Provider> providers() {
            return List.of(new Provider("rules", "rules", "rules", "ready", false, 0, 1, 0, ""));
        }

        @Override
        public Map<String, List<String>> routes() {
            return routes;
        }

        @Override
        public void use(String route, List<String> providers) {
            if (!providers.equals(List.of("rules"))) {
                throw new IllegalArgumentException("no provider; there are: rules");
            }
            routes.put(route, providers);
        }

        @Override
        public void cache(String route, long seconds) {
            if (!routes.containsKey(route)) {
                throw new IllegalArgumentException("no such route");
            }
        }

        @Override
        public List<String> models(String provider) {
            if (provider.equals("broken")) {
                throw new dev.weft.api.llm.ProviderException(
                        dev.weft.api.llm.ProviderException.Kind.UNAVAILABLE, "down", null, null);
            }
            if (!provider.equals("rules")) {
                throw new IllegalArgumentException("no provider; there are: rules");
            }
            return List.of("rules");
        }

        @Override
        public Map<String, Usage> usage() {
            return Map.of("provider:rules", new Usage(1, 0, 3, 4, 0));
        }

        @Override
        public List<CallRecord> recent() {
            return List.of(
                    new CallRecord(
                            "2026-01-01T00:00:00Z",
                            "skill:x",
                            "default",
                            "rules",
                            3,
                            4,
                            false,
                            0,
                            1,
                            ""));
        }

        @Override
        public List<Budget> budgets() {
            return budgets;
        }

        @Override
        public Budget raise(String name, long tokens, double money) {
            if (!name.equals("route:default") || tokens == 0 && money == 0) {
                throw new IllegalArgumentException("no such budget; there are: route:default");
            }
            Budget raised = new Budget(name, "day", 100 + tokens, 7, 0, 0, 0, 0, 0);
            budgets = List.of(raised);
            return raised;
        }

        @Override
        public Budget limit(String name, String per, long tokens, double money) {
            if (!name.contains(":")) {
                throw new IllegalArgumentException("a budget is called route:NAME …");
            }
            return new Budget(name, per, tokens, 7, money, 0, 0, 0, 0);
        }

        @Override
        public boolean unlimit(String name) {
            return name.equals("route:default");
        }
    }

    static final class Answering implements Agent {
        volatile CompletableFuture<Answer> last;
        volatile Question asked;

        @Override
        public boolean forget(String conversation) {
            return conversation.equals("known");
        }

        @Override
        public CompletableFuture<Answer> ask(Question question, Listener listener) {
            asked = question;
            String prompt = question.prompt();
            Step step =
                    new Step(
                            "disk.usage",
                            "self",
                            Wire.object(),
                            Wire.object().put("free", 1),
                            null,
                            3);
            if (listener != null) {
                listener.onText("Hel");
                listener.onStep(step);
            }
            last =
                    prompt.equals("wait")
                            ? new CompletableFuture<>()
                            : prompt.equals("fail")
                                    ? CompletableFuture.failedFuture(
                                            new dev.weft.api.task.TaskException(
                                                    "deadline_exceeded", "too slow"))
                                    : CompletableFuture.completedFuture(
                                            new Answer(
                                                    "You said " + prompt, "rules", List.of(step)));
            return last;
        }
    }

    static final class Journal implements Events {
        final List<Event> kept = new CopyOnWriteArrayList<>();
        final List<Consumer<Event>> subscribers = new CopyOnWriteArrayList<>();

        @Override
        public synchronized void publish(String type, Object data) {
            Event event = new Event(kept.size() + 1L, Instant.now(), type, Wire.node(data));
            kept.add(event);
            subscribers.forEach(subscriber -> subscriber.accept(event));
        }

        @Override
        public synchronized Subscription subscribe(long after, Consumer<Event> subscriber) {
            if (after >= 0) {
                kept.stream().filter(event -> event.id() > after).forEach(subscriber);
            }
            subscribers.add(subscriber);
            return () -> subscribers.remove(subscriber);
        }
    }

    static final class Checks implements Readiness {
        volatile HealthCheck.Status status = HealthCheck.Status.OK;

        @Override
        public Map<String, HealthCheck.Status> checks() {
            return Map.of("store", status);
        }
    }

    /** The WebSocket end, which knows one token. */
    static final class Signaling extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) {
            response.setStatus("good".equals(request.getHeader("Authorization")) ? 200 : 401);
        }
    }
}
