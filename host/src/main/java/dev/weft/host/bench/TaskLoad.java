package dev.weft.host.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.protocol.Wire;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Tasks of the inbox: how soon their agent hears of them, and whole lives of them. */
final class TaskLoad implements BenchSocket.Listener {
    private static final String SUBMISSION =
            "{\"skill\":\"text.statistics\",\"target_agent_id\":\"%s\",\"payload\":{\"text\":\"one two three\"},\"ttl\":300}";
    private static final int BATCH = 50;
    private final BenchHost host;
    private final BenchAgents agents;
    private final int quiet;
    private final Semaphore pushes = new Semaphore(0);
    private volatile long pushed;

    /** @param agents of which the last never connects */
    TaskLoad(BenchHost host, BenchAgents agents) {
        this.host = host;
        this.agents = agents;
        this.quiet = agents.members() - 1;
    }

    @Override
    public void text(byte[] bytes, int from, int length) {
        if (BenchAgents.starts(bytes, from, "{\"type\":\"tasks_waiting\"")) {
            pushed = System.nanoTime();
            pushes.release();
        }
    }

    /** Submits tasks one by one to agents that are connected.
     * @return times from the submission to the push */
    Samples pushed(int times) throws IOException {
        Samples samples = new Samples(times);
        try (PlainHttp one = agents.get(quiet).connect(host.port());
                PlainHttp other = agents.get(1).connect(host.port())) {
            for (int i = -times / 4; i < times; i++) {
                pushes.drainPermits();
                long start = System.nanoTime();
                submit(one, 1);
                if (!pushes.tryAcquire(10, TimeUnit.SECONDS)) {
                    throw new IOException("the agent was not told of its task within 10 s");
                }
                if (i >= 0) {
                    samples.add(pushed - start);
                }
                if (i % BATCH == 0) {
                    work(other, 1);
                }
            }
            work(other, 1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        return samples;
    }

    /** Submits tasks, takes them with a heartbeat and reports their results.
     * @return tasks a second */
    double finish(int tasks) throws IOException {
        long start = System.nanoTime();
        int done = 0;
        try (PlainHttp submitter = agents.get(1).connect(host.port());
                PlainHttp worker = agents.get(quiet).connect(host.port())) {
            while (done < tasks) {
                for (int i = 0; i < BATCH; i++) {
                    submit(submitter, quiet);
                }
                done += work(worker, quiet);
            }
        }
        return done / ((System.nanoTime() - start) / 1e9);
    }

    private void submit(PlainHttp http, int target) throws IOException {
        http.call("POST", "/api/hub/tasks", String.format(SUBMISSION, agents.id(target)));
    }

    private int work(PlainHttp http, int agent) throws IOException {
        JsonNode tasks =
                Wire.tree(
                                http.call(
                                        "POST",
                                        "/api/hub/heartbeat",
                                        "{\"agent_id\":\"" + agents.id(agent) + "\"}"))
                        .path("pending_tasks");
        for (JsonNode task : tasks) {
            http.call(
                    "POST",
                    "/api/hub/tasks/" + task.path("id").asText(),
                    "{\"state\":\"completed\",\"result\":\"{\\\"words\\\":3,\\\"lines\\\":1}\",\"error\":\"\"}");
        }
        return tasks.size();
    }
}
