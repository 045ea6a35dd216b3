package dev.weft.workflows;

import dev.weft.api.health.HealthCheck;
import dev.weft.skill.SkillService;
import dev.weft.workflows.file.Workflow;
import dev.weft.workflows.file.WorkflowFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the skill {@code workflow} in step with the folder: a file that is good is a tool, one that is not is told of. */
@Component(service = HealthCheck.class, immediate = true)
public final class Workflows implements HealthCheck {
    private static final Logger LOG = LoggerFactory.getLogger(Workflows.class);
    private static final int MOST_FILES = 200;

    private final BundleContext context;
    private final Steps steps;
    private final Path folder;
    private final Future<?> looks;
    private final AtomicBoolean looking = new AtomicBoolean();
    private volatile List<String> errors = List.of();
    private List<String> seen = List.of();
    private List<Workflow> offered = List.of();
    private ServiceRegistration<SkillService> skill;
    private boolean stopped;

    /** Starts to look.
     * @param context tells the folder
     * @param steps does the steps
     * @param blocking reads files
     * @param timer tells when to look */
    @Activate
    public Workflows(
            BundleContext context,
            @Reference Steps steps,
            @Reference(target = "(weft.executor=blocking)") ExecutorService blocking,
            @Reference(target = "(weft.executor=timer)") ScheduledExecutorService timer) {
        this.context = context;
        this.steps = steps;
        String configured = context.getProperty("weft.workflows");
        folder =
                configured == null
                        ? Path.of(context.getProperty("weft.data"), "workflows")
                        : Path.of(configured);
        looks = timer.scheduleWithFixedDelay(() -> lookSoon(blocking), 0, 1, TimeUnit.SECONDS);
    }

    private void lookSoon(ExecutorService blocking) {
        if (looking.compareAndSet(false, true)) {
            try {
                blocking.execute(this::look);
            } catch (RejectedExecutionException busy) {
                looking.set(false); // the next look will do
            }
        }
    }

    private void look() {
        try {
            List<Path> files = WorkflowFile.in(folder);
            List<String> now = new ArrayList<>();
            for (Path file : files) {
                now.add(file + " " + Files.size(file) + " " + Files.getLastModifiedTime(file));
            }
            if (!now.equals(seen)) {
                load(files);
                seen = now;
            }
        } catch (IOException | RuntimeException e) {
            errors = List.of("the workflows in " + folder + " cannot be read: " + e);
        } finally {
            looking.set(false);
        }
    }

    private void load(List<Path> files) {
        List<Workflow> good = new ArrayList<>();
        List<String> wrong = new ArrayList<>();
        for (Path file : files.subList(0, Math.min(files.size(), MOST_FILES))) {
            WorkflowFile.Outcome outcome = WorkflowFile.read(file);
            wrong.addAll(outcome.errors());
            outcome.workflow()
                    .filter(
                            one ->
                                    good.stream()
                                            .noneMatch(other -> other.name().equals(one.name())))
                    .ifPresent(good::add);
        }
        if (files.size() > MOST_FILES) {
            wrong.add(folder + " has more than " + MOST_FILES + " files; the others are left out");
        }
        wrong.forEach(error -> LOG.warn("Workflow left out: {}", error));
        errors = List.copyOf(wrong);
        offer(good);
    }

    /** The new skill comes before the old one goes, so that no call falls between. */
    private synchronized void offer(List<Workflow> good) {
        if (stopped || good.equals(offered)) {
            return;
        }
        ServiceRegistration<SkillService> before = skill;
        skill =
                good.isEmpty()
                        ? null
                        : context.registerService(
                                SkillService.class, new WorkflowSkill(good, steps), null);
        if (before != null) {
            before.unregister();
        }
        offered = good;
    }

    @Deactivate
    synchronized void stop() {
        stopped = true;
        looks.cancel(false);
        if (skill != null) {
            skill.unregister();
        }
    }

    @Override
    public String name() {
        return "workflows";
    }

    @Override
    public Status check() {
        List<String> now = errors;
        return now.isEmpty()
                ? Status.OK
                : Status.warning(
                        now.get(0)
                                + (now.size() > 1 ? " (and " + (now.size() - 1) + " more)" : ""));
    }
}
