package dev.weft.skill.runtime;

import dev.weft.api.health.HealthCheck;
import dev.weft.protocol.SkillCard;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;

/** Asks the skills every few seconds how they are, and tells {@code /api/health} who is unwell. */
@Component(
        service = HealthCheck.class,
        immediate = true,
        configurationPid = "dev.weft.skill.runtime")
@Designate(ocd = RuntimeConfig.class)
public final class HealthRounds implements HealthCheck {
    private static final int FIRST_MILLIS = 500;

    private final SkillRuntime skills;
    private final Future<?> rounds;

    /** Starts the rounds.
     * @param skills who is asked
     * @param blocking where they answer
     * @param timer tells when
     * @param config how often */
    @Activate
    public HealthRounds(
            @Reference SkillRuntime skills,
            @Reference(target = "(weft.executor=blocking)") ExecutorService blocking,
            @Reference(target = "(weft.executor=timer)") ScheduledExecutorService timer,
            RuntimeConfig config) {
        this.skills = skills;
        rounds =
                timer.scheduleWithFixedDelay(
                        () -> skills.ask(blocking),
                        FIRST_MILLIS,
                        TimeUnit.SECONDS.toMillis(Math.max(1, config.health__seconds())),
                        TimeUnit.MILLISECONDS);
    }

    @Deactivate
    void stop() {
        rounds.cancel(false);
    }

    @Override
    public String name() {
        return "skills";
    }

    @Override
    public Status check() {
        List<String> unwell =
                skills.installed().stream()
                        .filter(card -> !card.problem().isEmpty())
                        .map(HealthRounds::line)
                        .toList();
        return unwell.isEmpty() ? Status.OK : Status.warning(String.join("; ", unwell));
    }

    private static String line(SkillCard card) {
        return "skill " + card.id() + ": " + card.problem();
    }
}
