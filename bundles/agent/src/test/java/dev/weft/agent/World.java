package dev.weft.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.mesh.AgentDirectory;
import dev.weft.api.skill.Skills;
import dev.weft.api.task.Task;
import dev.weft.api.task.TaskError;
import dev.weft.api.task.TaskException;
import dev.weft.api.task.TaskHandle;
import dev.weft.api.task.TaskRequest;
import dev.weft.api.task.TaskState;
import dev.weft.api.task.Tasks;
import dev.weft.protocol.AgentCard;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.SkillCard;
import java.lang.annotation.Annotation;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;

/** A small mesh for tests: this host is alpha, the others are cards; tasks run on real threads; the model follows a script. */
final class World {
    static final AgentId ALPHA = new AgentId("agent-a1");
    static final JsonMapper JSON = new JsonMapper();

    /** Carries out a task; may block, and is interrupted when the task is canceled. */
    interface Body {
        JsonNode run(TaskRequest request) throws Exception;
    }

    int contextWindow = 32768;
    java.nio.file.Path data;
    volatile TaskState waiting = TaskState.WORKING;

    /** The engine and the events of this host, if they are not to be those of this world. */
    Tasks tasks;

    dev.weft.api.event.Events events;
    volatile boolean confirm;
    final List<SkillCard> installed = new CopyOnWriteArrayList<>();
    final List<AgentDirectory.KnownAgent> peers = new CopyOnWriteArrayList<>();
    final List<TaskRequest> submitted = new CopyOnWriteArrayList<>();
    final List<String> canceled = new CopyOnWriteArrayList<>();
    private final Map<String, Thread> threads = new ConcurrentHashMap<>();
    private final AtomicInteger numbers = new AtomicInteger();
    private final Executor executor;
    volatile Body body = request -> JsonNodeFactory.instance.objectNode();

    World(Executor executor) {
        this.executor = executor;
    }

    PromptAgent agent(
            ExecutorService blocking,
            ScheduledExecutorService timer,
            String prompt,
            String file,
            int turns) {
        return new PromptAgent(
                new Identity(),
                new Installed(),
                new Directory(),
                tasks == null ? new Engine() : tasks,
                events == null ? new Journal() : events,
                blocking,
                timer,
                context(data),
                new PromptAgent.Config() {
                    @Override
                    public int context__window() {
                        return contextWindow;
                    }

                    @Override
                    public int max__tools() {
                        return 40;
                    }

                    @Override
                    public Class<? extends Annotation> annotationType() {
                        return PromptAgent.Config.class;
                    }

                    @Override
                    public String prompt() {
                        return prompt;
                    }

                    @Override
                    public String prompt__file() {
                        return file;
                    }

                    @Override
                    public int max__turns() {
                        return turns;
                    }

                    @Override
                    public int timeout__seconds() {
                        return 60;
                    }
                });
    }

    private static org.osgi.framework.BundleContext context(java.nio.file.Path data) {
        return (org.osgi.framework.BundleContext)
                java.lang.reflect.Proxy.newProxyInstance(
                        World.class.getClassLoader(),
                        new Class<?>[] {org.osgi.framework.BundleContext.class},
                        (proxy, method, arguments) -> data == null ? null : data.toString());
    }

    static SkillCard skill(String id, String tool, String description, String schema) {
        try {
            return new SkillCard(
                    id,
                    "1.0.0",
                    id,
                    "",
                    List.of(new SkillCard.ToolCard(tool, description, JSON.readTree(schema))));
        } catch (Exception e) {
            throw new IllegalArgumentException(e);
        }
    }

    static SkillCard disk() {
        return skill(
                "disk",
                "usage",
                "Free and used bytes of the file system that holds a path",
                "{\"type\":\"object\",\"properties\":{\"path\":{\"type\":\"string\",\"description\":\"an absolute path\"}},\"required\":[\"path\"]}");
    }

    void peer(String id, String name, String health, SkillCard... skills) {
        AgentCard card =
                new AgentCard(
                        new AgentId(id),
                        "",
                        "",
                        0,
                        "",
                        null,
                        "",
                        "",
                        name,
                        List.of(skills),
                        Map.of(),
                        "",
                        "",
                        "",
                        0);
        peers.add(new AgentDirectory.KnownAgent(card, health, false));
    }

    /** A model that answers by script, one line a turn. */
    @SafeVarargs
    static ChatModel script(Function<ChatRequest, AiMessage>... turns) {
        AtomicInteger turn = new AtomicInteger();
        return new ChatModel() {
            @Override
            public ChatResponse doChat(ChatRequest request) {
                int now = Math.min(turn.getAndIncrement(), turns.length - 1);
                return ChatResponse.builder()
                        .aiMessage(turns[now].apply(request))
                        .modelName("scripted")
                        .build();
            }
        };
    }

    static ToolExecutionRequest call(String id, String tool, String arguments) {
        return ToolExecutionRequest.builder().id(id).name(tool).arguments(arguments).build();
    }

    static Function<ChatRequest, AiMessage> calls(ToolExecutionRequest... calls) {
        return request -> AiMessage.from(calls);
    }

    static Function<ChatRequest, AiMessage> says(String text) {
        return request -> AiMessage.from(text);
    }

    private static Task task(
            String id,
            TaskRequest request,
            AgentId target,
            TaskState state,
            JsonNode result,
            TaskError error) {
        Instant now = Instant.now();
        return new Task(
                id,
                request.skill(),
                "",
                request.input(),
                request.source(),
                target,
                state,
                "local",
                result,
                error,
                now,
                now,
                now.plus(request.ttl()));
    }

    private final class Engine implements Tasks {
        @Override
        public TaskHandle submit(TaskRequest request) {
            submitted.add(request);
            String id = "task-" + numbers.incrementAndGet();
            AgentId target = request.target().map(AgentId::new).orElse(ALPHA);
            CompletableFuture<Task> done = new CompletableFuture<>();
            executor.execute(
                    () -> {
                        try {
                            begin(id);
                            done.complete(
                                    task(
                                            id,
                                            request,
                                            target,
                                            TaskState.COMPLETED,
                                            body.run(request),
                                            null));
                        } catch (InterruptedException e) {
                            done.complete(
                                    task(
                                            id,
                                            request,
                                            target,
                                            TaskState.CANCELED,
                                            null,
                                            new TaskError("canceled", "canceled")));
                        } catch (TaskException e) {
                            done.complete(
                                    task(id, request, target, TaskState.FAILED, null, e.error()));
                        } catch (Exception e) {
                            done.complete(
                                    task(
                                            id,
                                            request,
                                            target,
                                            TaskState.FAILED,
                                            null,
                                            new TaskError(
                                                    "skill_failed",
                                                    String.valueOf(e.getMessage()))));
                        } finally {
                            end(id);
                        }
                    });
            return new TaskHandle() {
                @Override
                public Task task() {
                    return World.task(id, request, target, waiting, null, null);
                }

                @Override
                public CompletableFuture<Task> done() {
                    return done;
                }

                @Override
                public void onChunk(Consumer<String> subscriber) {}
            };
        }

        /** From now on it can be interrupted; if it was canceled before, it is at once. */
        private void begin(String id) throws InterruptedException {
            synchronized (threads) {
                if (canceled.contains(id)) {
                    throw new InterruptedException();
                }
                threads.put(id, Thread.currentThread());
            }
        }

        /** From now on its thread does something else. */
        private void end(String id) {
            synchronized (threads) {
                threads.remove(id);
                Thread.interrupted();
            }
        }

        @Override
        public Task call(TaskRequest request, Consumer<TaskHandle> accepted) {
            TaskHandle handle = submit(request);
            accepted.accept(handle);
            try {
                return handle.done().get();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                cancel(handle.task().id());
                return handle.task();
            } catch (ExecutionException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public boolean cancel(String id) {
            synchronized (threads) {
                canceled.add(id);
                Thread thread = threads.get(id);
                if (thread != null) {
                    thread.interrupt();
                }
                return thread != null;
            }
        }

        @Override
        public Optional<Task> find(String id) {
            return Optional.empty();
        }

        @Override
        public List<Task> list(int limit) {
            return List.of();
        }

        @Override
        public Optional<TaskHandle> running(String id) {
            return Optional.empty();
        }

        @Override
        public Task answer(String id, dev.weft.api.task.TaskAnswer answer) {
            throw new dev.weft.api.task.TaskException("not_asked", "task " + id + " asks nothing");
        }

        @Override
        public List<dev.weft.api.task.TaskStep> trace(String id) {
            return List.of();
        }

        @Override
        public double load() {
            return 0;
        }
    }

    private final class Installed implements Skills {
        @Override
        public List<SkillCard> installed() {
            return List.copyOf(installed);
        }

        @Override
        public Call prepare(String skill, JsonNode input) {
            String[] parts = skill.split("\\.", 2);
            return new Call() {
                @Override
                public String skill() {
                    return parts[0];
                }

                @Override
                public String tool() {
                    return parts.length > 1 ? parts[1] : "";
                }

                @Override
                public boolean confirm() {
                    return confirm;
                }

                @Override
                public JsonNode run(dev.weft.skill.TaskContext context)
                        throws InterruptedException {
                    try {
                        return body.run(
                                new TaskRequest(
                                        skill,
                                        input,
                                        Optional.empty(),
                                        ALPHA,
                                        java.time.Duration.ofSeconds(10),
                                        0));
                    } catch (InterruptedException | RuntimeException e) {
                        throw e;
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                }

                @Override
                public void close() {}
            };
        }
    }

    private final class Directory implements AgentDirectory {
        @Override
        public Collection<KnownAgent> agents() {
            return peers;
        }

        @Override
        public Optional<KnownAgent> find(String idOrName) {
            return peers.stream()
                    .filter(
                            peer ->
                                    peer.card().agentId().value().equals(idOrName)
                                            || peer.card().name().equals(idOrName))
                    .findFirst();
        }

        @Override
        public void learned(AgentId id, AgentCard card) {}
    }

    private static final class Identity implements HostIdentity {
        @Override
        public AgentId agentId() {
            return ALPHA;
        }

        @Override
        public String name() {
            return "alpha";
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

    /** Tells nothing: the task of this engine waits from the start, or never. */
    private static final class Journal implements dev.weft.api.event.Events {
        @Override
        public void publish(String type, Object data) {}

        @Override
        public Subscription subscribe(long after, Consumer<dev.weft.api.event.Event> subscriber) {
            return () -> {};
        }
    }

    /** The skills of this host. */
    Skills skills() {
        return new Installed();
    }

    /** This host. */
    static HostIdentity identity() {
        return new Identity();
    }

    /** The toolbox that an agent of this world has. */
    Toolbox toolbox() {
        return new Toolbox(new Identity(), new Installed(), new Directory());
    }
}
