package dev.weft.skill.schedule;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import dev.weft.skill.Skill;
import dev.weft.skill.SkillHealth;
import dev.weft.skill.SkillService;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** Runs prompts and skills at times and intervals. */
@Skill(
        id = "schedule",
        title = "Schedule",
        description =
                "Runs a prompt or a skill at set times or intervals, also after a restart of the host",
        permissions = {Skill.LLM, Skill.FILES})
@Component(service = SkillService.class)
public final class Schedule implements SkillService, SkillHealth {
    private static final int MOST_JOBS = 500;

    private final Turns turns;
    private final Jobs jobs;
    private final Clock clock;
    private final Future<?> ticks;
    private final AtomicBoolean looking = new AtomicBoolean();
    private volatile String problem = "";

    /** Starts.
     * @param context tells the data folder
     * @param runner carries jobs out
     * @param blocking reads and writes the file
     * @param timer tells when to look */
    @Activate
    public Schedule(
            BundleContext context,
            @Reference Runner runner,
            @Reference(target = "(weft.executor=blocking)") ExecutorService blocking,
            @Reference(target = "(weft.executor=timer)") ScheduledExecutorService timer) {
        this(
                new Jobs(Path.of(context.getProperty("weft.data"), "schedule")),
                runner,
                blocking,
                timer,
                Clock.systemUTC());
    }

    Schedule(
            Jobs jobs,
            Runner runner,
            ExecutorService blocking,
            ScheduledExecutorService timer,
            Clock clock) {
        this.jobs = jobs;
        this.clock = clock;
        turns = new Turns(jobs, runner, blocking, clock);
        ticks =
                timer.scheduleWithFixedDelay(
                        () -> {
                            // one look at a time: a slow disk must not pile them up
                            if (looking.compareAndSet(false, true)) {
                                blocking.execute(this::look);
                            }
                        },
                        1,
                        1,
                        TimeUnit.SECONDS);
    }

    @Deactivate
    void stop() {
        ticks.cancel(false);
    }

    private void look() {
        try {
            turns.due();
            problem = "";
        } catch (RuntimeException e) {
            problem = String.valueOf(e.getMessage());
        } finally {
            looking.set(false);
        }
    }

    @Override
    public Optional<String> problem() {
        return problem.isEmpty() ? Optional.empty() : Optional.of(problem);
    }

    /** Adds a job.
     * @param name a few words
     * @param timing when
     * @param skill what to run
     * @param input with what
     * @param agent where
     * @param prompt what to ask
     * @return the job */
    @Tool("Schedules a skill or a prompt: once, every so often, or at times of day")
    public Job add(
            @P("a few words to know it by") String name,
            @P(
                            "when: exactly one of once, every (such as PT15M) and at (such as [\"08:30\"], with days and zone)")
                    Timing timing,
            @P("the skill to run, such as disk.usage; or give a prompt") Optional<String> skill,
            @P("the skill's arguments") Optional<ObjectNode> input,
            @P("the agent that runs the skill, by label or id") Optional<String> agent,
            @P("what this host's agent is asked, instead of a skill") Optional<String> prompt) {
        if (skill.isPresent() == prompt.isPresent()) {
            throw new IllegalArgumentException("give either a skill or a prompt");
        }
        if (name.isBlank() || name.length() > 200 || prompt.orElse("").length() > 64 << 10) {
            throw new IllegalArgumentException(
                    "name must have 1 to 200 characters, and a prompt at most 65536");
        }
        Instant now = clock.instant();
        Job job =
                new Job(
                        UUID.randomUUID().toString().substring(0, 8),
                        name,
                        timing,
                        skill,
                        input.orElseGet(JsonNodeFactory.instance::objectNode),
                        agent,
                        prompt,
                        Optional.of(
                                timing.after(now)
                                        .orElseThrow(
                                                () ->
                                                        new IllegalArgumentException(
                                                                "that time has passed"))),
                        Optional.empty());
        jobs.change(
                all -> {
                    if (all.size() >= MOST_JOBS) {
                        throw new IllegalStateException(
                                "there are " + MOST_JOBS + " jobs; remove some first");
                    }
                    List<Job> more = new ArrayList<>(all);
                    more.add(job);
                    return more;
                });
        return job;
    }

    /** All jobs.
     * @return in the order in which they were added */
    @Tool("Lists the jobs: when they run next, and how the last run ended")
    public List<Job> list() {
        return jobs.read();
    }

    /** Removes a job; a run that is going on ends by itself.
     * @param id its id */
    @Tool("Removes a job")
    public void remove(@P("the id of the job") String id) {
        boolean[] found = {false};
        jobs.change(
                all -> {
                    List<Job> left = new ArrayList<>(all);
                    found[0] = left.removeIf(job -> job.id().equals(id));
                    return left;
                });
        if (!found[0]) {
            throw new IllegalArgumentException("there is no job \"" + id + "\"; see schedule.list");
        }
    }
}
