package dev.weft.llm.router;

import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.output.TokenUsage;
import dev.weft.api.llm.Llm.CallRecord;
import dev.weft.api.llm.ProviderException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out calls: asks the providers of a route one after another until one answers. Thread-safe. */
final class Calls {
    /**
     * How patient calls are.
     *
     * @param retries how often a route is gone over again after passing failures
     * @param waiting how long a call waits for a limit, a rest or a retry
     * @param approval how long a call waits for its budget
     * @param stall longest silence of a stream
     * @param outputTokens longest answer of a call that has a budget and says nothing itself
     */
    record Patience(
            int retries, Duration waiting, Duration approval, Duration stall, int outputTokens) {}

    private interface Attempt {
        ChatResponse ask(LeasedModel provider, ChatRequest request) throws InterruptedException;
    }

    private static final Logger log = LoggerFactory.getLogger(Calls.class);
    private static final long FIRST_BACKOFF = TimeUnit.MILLISECONDS.toNanos(200);

    private final ProviderTable providers;
    private final Function<String, List<String>> routes;
    private final Images images;
    private final Budgets budgets;
    private final AnswerCache cache;
    private final UsageTable usage;
    private volatile Patience patience;

    Calls(
            ProviderTable providers,
            Function<String, List<String>> routes,
            Images images,
            Budgets budgets,
            AnswerCache cache,
            UsageTable usage,
            Patience patience) {
        this.providers = providers;
        this.routes = routes;
        this.images = images;
        this.budgets = budgets;
        this.cache = cache;
        this.usage = usage;
        this.patience = patience;
    }

    void patience(Patience changed) {
        this.patience = changed;
    }

    /** Asks for a whole answer.
     * @param caller who calls
     * @param request its model name may be a route
     * @return the answer */
    ChatResponse chat(String caller, ChatRequest request) {
        return call(caller, request, null, (provider, asked) -> provider.model().chat(asked));
    }

    /** Asks for an answer in pieces, and waits for its end.
     * @param caller who calls
     * @param request its model name may be a route
     * @param target hears the pieces of the provider that answers, and only of that
     * @return the answer; the target's end is left to the caller */
    ChatResponse stream(String caller, ChatRequest request, StreamingChatResponseHandler target) {
        return call(
                caller,
                request,
                target,
                (provider, asked) -> {
                    if (!(provider.model() instanceof StreamingChatModel streaming)) {
                        return tell(provider.model().chat(asked), target);
                    }
                    Relay relay = new Relay(target);
                    streaming.chat(asked, relay);
                    return relay.await(patience.stall());
                });
    }

    static ProviderException noMessage() {
        return new ProviderException(
                ProviderException.Kind.BAD_ANSWER, "the provider returned no message", null, null);
    }

    private static ChatResponse tell(ChatResponse response, StreamingChatResponseHandler target) {
        if (response != null && response.aiMessage() != null) {
            String text = response.aiMessage().text();
            if (text != null && !text.isEmpty()) {
                target.onPartialResponse(text);
            }
        }
        return response;
    }

    private ChatResponse call(
            String caller,
            ChatRequest request,
            StreamingChatResponseHandler target,
            Attempt attempt) {
        boolean images = Images.in(request);
        Way named = Way.of(request.modelName(), caller);
        Way way = images ? this.images.way(named) : named;
        ChatRequest asked = Way.isRoute(request.modelName()) ? withoutRoute(request) : request;
        ChatResponse known = images ? null : cache.find(way.route(), asked); // too large to keep
        if (known != null) {
            usage.cached(way);
            return target == null ? known : tell(known, target);
        }
        long start = System.nanoTime();
        try {
            ChatResponse response = go(way, asked, images, attempt, start);
            if (!images) {
                cache.keep(way.route(), asked, response);
            }
            return response;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the call was given up", e);
        }
    }

    private ChatResponse go(
            Way way, ChatRequest request, boolean images, Attempt attempt, long start)
            throws InterruptedException {
        Trail trail = new Trail();
        long end = start + patience.waiting().toNanos();
        for (int failures = 0; ; ) {
            trail.round();
            Set<String> tried = new HashSet<>();
            // The route is read anew before each try, so that a call that began before a swap finds
            // its way after it.
            for (String id = next(way, tried); id != null; id = next(way, tried)) {
                LeasedModel provider = providers.lease(id);
                if (provider == null) {
                    trail.absent(id);
                    continue;
                }
                try {
                    if (images && !provider.takesImages()) {
                        trail.noImages(id);
                        continue;
                    }
                    ChatResponse response = ask(way, request, attempt, provider, trail, failures);
                    if (response != null) {
                        return response;
                    }
                } finally {
                    provider.release();
                }
            }
            failures += trail.hasFailed() ? 1 : 0;
            if (failures > patience.retries() || !trail.pause(end - System.nanoTime())) {
                IllegalStateException failure = trail.exhausted(way.route(), providers.names());
                usage.add(record(way, "", 0, 0, false, 0, start, failure.getMessage()));
                throw failure;
            }
        }
    }

    /** Asks one provider.
     * @return null if it does not answer; the trail knows why */
    private ChatResponse ask(
            Way way,
            ChatRequest request,
            Attempt attempt,
            LeasedModel provider,
            Trail trail,
            int round)
            throws InterruptedException {
        long now = System.nanoTime();
        long rest = provider.breaker().enter(now);
        if (rest > 0) {
            trail.resting(provider, rest);
            return null;
        }
        boolean told = false;
        try {
            Held held = hold(way, request, provider);
            if (!provider.gate().enter(System.nanoTime())) {
                held.release();
                trail.busy(provider);
                return null;
            }
            try {
                ChatResponse response = attempt.ask(provider, held.request);
                if (response == null || response.aiMessage() == null) {
                    throw noMessage();
                }
                provider.worked();
                told = true;
                settle(way, provider, held, response, now);
                return response;
            } catch (RuntimeException | LinkageError e) {
                if (Failures.isInterrupted(e)) {
                    held.forfeit();
                    throw e;
                }
                provider.failed(e instanceof Relay.BrokenException ? e.getCause() : e);
                told = true;
                if (Failures.mayHaveCost(e)) {
                    held.forfeit();
                } else {
                    held.release();
                }
                if (e instanceof Relay.BrokenException) {
                    usage.add(record(way, provider.id(), 0, 0, false, 0, now, e.getMessage()));
                    throw e;
                }
                long backoff =
                        (FIRST_BACKOFF << round)
                                + ThreadLocalRandom.current().nextLong(FIRST_BACKOFF);
                trail.failed(provider.id(), e, backoff);
                log.warn(
                        "LLM provider {} failed on route {}: {}",
                        provider.id(),
                        way.route(),
                        Failures.describe(e));
                return null;
            } catch (InterruptedException e) {
                held.forfeit();
                throw e;
            } finally {
                provider.gate().leave();
            }
        } finally {
            if (!told) {
                provider.breaker().unknown();
            }
        }
    }

    /** A request whose cost is held; without budgets nothing is. */
    private record Held(
            ChatRequest request, Budgets.Hold hold, long inputTokens, long outputTokens) {
        void release() {
            if (hold != null) {
                hold.release();
            }
        }

        void forfeit() {
            if (hold != null) {
                hold.forfeit();
            }
        }
    }

    private Held hold(Way way, ChatRequest request, LeasedModel provider)
            throws InterruptedException {
        if (provider.isFallback() || !budgets.concern(way)) {
            return new Held(request, null, 0, 0);
        }
        ChatRequest limited = request;
        if (request.maxOutputTokens() == null) {
            limited =
                    with(
                            request,
                            ChatRequestParameters.builder()
                                    .overrideWith(request.parameters())
                                    .maxOutputTokens(patience.outputTokens())
                                    .build());
        }
        long input = Estimate.inputTokens(limited);
        long output = limited.maxOutputTokens();
        Budgets.Hold hold =
                budgets.reserve(
                        way,
                        input + output,
                        provider.price().of(input, output),
                        patience.approval());
        return new Held(limited, hold, input, output);
    }

    private void settle(
            Way way, LeasedModel provider, Held held, ChatResponse response, long start) {
        TokenUsage counted = response.tokenUsage();
        boolean known =
                counted != null
                        && counted.inputTokenCount() != null
                        && counted.outputTokenCount() != null;
        long input = known ? counted.inputTokenCount() : held.inputTokens;
        long output = known ? counted.outputTokenCount() : held.outputTokens;
        double cost = provider.price().of(input, output);
        if (held.hold != null) {
            held.hold.settle(input + output, cost);
        }
        usage.add(record(way, provider.id(), input, output, !known, cost, start, ""));
    }

    private static CallRecord record(
            Way way,
            String provider,
            long input,
            long output,
            boolean estimated,
            double cost,
            long start,
            String error) {
        return new CallRecord(
                Instant.now().toString(),
                way.caller(),
                way.route(),
                provider,
                input,
                output,
                estimated,
                cost,
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start),
                error);
    }

    private String next(Way way, Set<String> tried) {
        return routes.apply(way.route()).stream().filter(tried::add).findFirst().orElse(null);
    }

    private static ChatRequest withoutRoute(ChatRequest request) {
        return with(
                request,
                ChatRequestParameters.builder()
                        .overrideWith(request.parameters())
                        .modelName(null)
                        .build());
    }

    private static ChatRequest with(ChatRequest request, ChatRequestParameters parameters) {
        return ChatRequest.builder().messages(request.messages()).parameters(parameters).build();
    }
}
