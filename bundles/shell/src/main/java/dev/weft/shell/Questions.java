package dev.weft.shell;

import dev.weft.api.agent.Agent;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
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
    private static final Duration GRACE = Duration.ofSeconds(5);

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Agent agent;

    @Reference CommandLine program;

    /** Asks the agent, and waits for the answer, five minutes at most unless another time is given.
     * @param session where each skill call is told as it ends
     * @param words see {@link AskLine}
     * @return the answer, or why there is none */
    @Descriptor(
            "asks this host's agent, which calls skills here and on peers: WORDS [--image FILE]... [--conversation C] [--route R] [--timeout SECONDS] [--stream] [--agent A] [--json]")
    public String ask(CommandSession session, String... words) {
        AskLine line = AskLine.parse(List.of(words));
        PrintStream out = session.getConsole();
        if (line.isElsewhere()) {
            program.follow(out, line.timeout().plus(CommandLine.SHORT), "ask", line.words());
            return "";
        }
        Agent mind = agent;
        if (mind == null) {
            return Words.missing("the agent");
        }
        CompletableFuture<Agent.Answer> answer =
                mind.ask(line.question(), new Telling(out, line.stream()));
        try {
            Agent.Answer said =
                    answer.get(line.timeout().plus(GRACE).toMillis(), TimeUnit.MILLISECONDS);
            if (line.stream()) {
                out.println();
                return "";
            }
            return said.text();
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
                            + line.timeout().toSeconds()
                            + " s; weft:llm shows the models",
                    e);
        }
    }

    /** Shows what happens on the way. */
    private record Telling(PrintStream out, boolean stream) implements Agent.Listener {
        @Override
        public void onStep(Agent.Step step) {
            out.println(line(step));
            out.flush();
        }

        @Override
        public void onText(String text) {
            if (stream) {
                out.print(text);
                out.flush();
            }
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
