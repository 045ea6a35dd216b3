package dev.weft.llm.router;

import dev.weft.api.llm.ProviderException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** What happened to one call so far: why each provider did not answer, and when it is worth asking again. Used by one thread. */
final class Trail {
    private final Map<String, String> reasons = new LinkedHashMap<>();
    private final Set<Throwable> causes = new LinkedHashSet<>();
    private Gate busy;
    private long soonest;
    private boolean failed;

    /** Begins a round over the providers of the route. */
    void round() {
        busy = null;
        soonest = Long.MAX_VALUE;
        failed = false;
    }

    void absent(String id) {
        reasons.put(id, "is not here");
    }

    void noImages(String id) {
        reasons.put(id, "takes no images");
    }

    void resting(LeasedModel provider, long nanos) {
        reasons.putIfAbsent(
                provider.id(),
                "rests for "
                        + Math.max(1, nanos / 1_000_000_000)
                        + " s after: "
                        + provider.describe().lastError());
        soonest = Math.min(soonest, nanos);
    }

    void busy(LeasedModel provider) {
        reasons.putIfAbsent(provider.id(), "has as many calls as it may");
        busy = provider.gate();
    }

    /** @param nanos after which it is worth asking again, if the failure is a passing one */
    void failed(String id, Throwable failure, long nanos) {
        reasons.put(id, Failures.describe(failure));
        causes.add(failure);
        failed = true;
        if (failure instanceof ProviderException known && known.kind().isPassing()) {
            soonest = Math.min(soonest, known.retryAfter().map(d -> d.toNanos()).orElse(nanos));
        }
    }

    /** Whether a provider was asked in this round. */
    boolean hasFailed() {
        return failed;
    }

    /** Waits until it is worth asking again.
     * @param most nanoseconds there are
     * @return false if it is not, within that time
     * @throws InterruptedException if the caller gave up */
    boolean pause(long most) throws InterruptedException {
        if (busy != null && most > 0) {
            busy.await(Math.min(most, soonest));
            return true;
        }
        if (soonest > most) {
            return false;
        }
        java.util.concurrent.TimeUnit.NANOSECONDS.sleep(soonest);
        return true;
    }

    /** The end of a call that nobody answered.
     * @param route the way
     * @param here names of the providers there are
     * @return says every reason, and has every cause */
    IllegalStateException exhausted(String route, String here) {
        StringBuilder why = new StringBuilder();
        reasons.forEach(
                (id, reason) ->
                        why.append(why.isEmpty() ? "" : "; ")
                                .append(id)
                                .append(": ")
                                .append(reason));
        IllegalStateException failure =
                new IllegalStateException(
                        (reasons.isEmpty()
                                        ? "there is no LLM provider"
                                        : "no LLM provider answered on route "
                                                + route
                                                + " ("
                                                + why
                                                + ")")
                                + ". Providers here: "
                                + here);
        causes.forEach(
                cause -> {
                    if (failure.getCause() == null) {
                        failure.initCause(cause);
                    } else {
                        failure.addSuppressed(cause);
                    }
                });
        return failure;
    }
}
