package dev.weft.llm.router;

import dev.weft.api.llm.Llm.CallRecord;
import dev.weft.api.llm.Llm.Usage;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/** What calls used, by provider, route and caller, and the latest of them. Thread-safe. */
final class UsageTable {
    private static final int RECENT = 100;
    private static final int MOST_SUBJECTS = 1000;
    private static final String OTHERS = "others";

    private static final class Sum {
        private final LongAdder calls = new LongAdder();
        private final LongAdder cached = new LongAdder();
        private final LongAdder input = new LongAdder();
        private final LongAdder output = new LongAdder();
        private final DoubleAdder cost = new DoubleAdder();

        Usage read() {
            return new Usage(calls.sum(), cached.sum(), input.sum(), output.sum(), cost.sum());
        }
    }

    private final Map<String, Sum> sums = new ConcurrentHashMap<>();
    private final Deque<CallRecord> recent = new ArrayDeque<>();

    /** Counts a call that was answered or failed.
     * @param call the call */
    void add(CallRecord call) {
        if (call.error().isEmpty()) {
            add("provider:" + call.provider(), call);
            add("route:" + call.route(), call);
            add(call.caller(), call);
        }
        synchronized (recent) {
            recent.addFirst(call);
            if (recent.size() > RECENT) {
                recent.removeLast();
            }
        }
    }

    /** Counts an answer from the cache.
     * @param way who asked */
    void cached(Way way) {
        sum("route:" + way.route()).cached.increment();
        sum(way.caller()).cached.increment();
    }

    Map<String, Usage> all() {
        Map<String, Usage> all = new TreeMap<>();
        sums.forEach((subject, sum) -> all.put(subject, sum.read()));
        return all;
    }

    List<CallRecord> recent() {
        synchronized (recent) {
            return List.copyOf(recent);
        }
    }

    private void add(String subject, CallRecord call) {
        Sum sum = sum(subject);
        sum.calls.increment();
        sum.input.add(call.inputTokens());
        sum.output.add(call.outputTokens());
        sum.cost.add(call.cost());
    }

    private Sum sum(String subject) {
        Sum sum = sums.get(subject);
        return sum != null
                ? sum
                : sums.computeIfAbsent(
                        sums.size() < MOST_SUBJECTS ? subject : OTHERS, fresh -> new Sum());
    }
}
