package dev.weft.skill.schedule;

import dev.weft.api.agent.Agent;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.task.Task;
import dev.weft.api.task.TaskError;
import dev.weft.api.task.TaskRequest;
import dev.weft.api.task.Tasks;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Hands a job to the host: a skill to the task engine, a prompt to the agent. */
@Component(service = Runner.class)
public final class Runner {
    private static final Duration LONGEST = Duration.ofHours(1);

    private final Tasks tasks;
    private final Agent agent;
    private final HostIdentity identity;

    /** Takes what carries jobs out.
     * @param tasks runs skills
     * @param agent answers prompts
     * @param identity who asks */
    @Activate
    public Runner(
            @Reference Tasks tasks, @Reference Agent agent, @Reference HostIdentity identity) {
        this.tasks = tasks;
        this.agent = agent;
        this.identity = identity;
    }

    /** Runs a job.
     * @return the result as text; fails with what went wrong */
    CompletableFuture<String> run(Job job) {
        if (job.prompt().isPresent()) {
            return agent.ask(job.prompt().get(), LONGEST, null).thenApply(Agent.Answer::text);
        }
        TaskRequest request =
                new TaskRequest(
                        job.skill().orElseThrow(),
                        job.input(),
                        job.agent(),
                        identity.agentId(),
                        LONGEST,
                        1);
        return tasks.submit(request).done().thenApply(Runner::result);
    }

    private static String result(Task task) {
        TaskError error = task.error();
        if (error != null) {
            throw new IllegalStateException(error.code() + ": " + error.message());
        }
        return String.valueOf(task.result());
    }
}
