package dev.weft.shell;

import dev.weft.api.agent.Agent;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** Questions to this host's agent. */
@Component(
        service = Questions.class,
        property = {"osgi.command.scope=weft", "osgi.command.function=ask"})
public final class Questions {
    private static final Duration LONGEST = Duration.ofMinutes(5);
    private static final Duration GRACE = Duration.ofSeconds(5);

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Agent agent;

    /** Asks the agent, and waits for the answer, five minutes at most.
     * @param session where each skill call is told as it ends
     * @param words the question
     * @return the answer, or why there is none */
    @Descriptor("asks this host's agent, which calls skills here and on peers: WORDS")
    public String ask(CommandSession session, String... words) {
        Agent mind = agent;
        if (words.length == 0) {
            throw new IllegalArgumentException(
                    "usage: weft:ask WORDS, e.g. weft:ask how full is the disk");
        }
        if (mind == null) {
            return Words.missing("the agent");
        }
        CompletableFuture<Agent.Answer> answer =
                mind.ask(
                        String.join(" ", words),
                        LONGEST,
                        step -> {
                            session.getConsole().println(line(step));
                            session.getConsole().flush();
                        });
        try {
            return answer.get(LONGEST.plus(GRACE).toMillis(), TimeUnit.MILLISECONDS).text();
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            return "interrupted; the question is withdrawn";
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause().getMessage(), e.getCause());
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new IllegalStateException(
                    "no answer within "
                            + LONGEST.toMinutes()
                            + " minutes; weft:llm shows the models",
                    e);
        }
    }

    private static String line(Agent.Step step) {
        return String.format(
                Locale.ROOT,
                "· %s on %s, %d ms%s",
                Table.printable(step.tool()),
                Table.printable(step.agent()),
                step.millis(),
                step.error() == null ? "" : ": " + Table.printable(step.error()));
    }
}
