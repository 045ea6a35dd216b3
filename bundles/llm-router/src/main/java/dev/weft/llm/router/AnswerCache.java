package dev.weft.llm.router;

import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers of routes that ask for it: the same request gets the same answer for a while. Bounded. Thread-safe. */
final class AnswerCache {
    private static final Logger log = LoggerFactory.getLogger(AnswerCache.class);
    private static final int MOST = 256;
    private static final int LONGEST = 64 << 10;

    private record Key(String route, ChatRequest request) {}

    private record Entry(ChatResponse response, long since) {}

    private final Map<Key, Entry> entries =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Key, Entry> eldest) {
                    return size() > MOST;
                }
            };
    private volatile Map<String, Long> lives;

    AnswerCache(String[] configured) {
        configure(configured);
    }

    /** Takes other routes; what is cached is dropped.
     * @param configured lines {@code route=seconds} */
    void configure(String[] configured) {
        Map<String, Long> read = new TreeMap<>();
        for (String line : configured == null ? new String[0] : configured) {
            String[] parts = line.split("=", 2);
            if (parts.length == 2
                    && Routes.isName(parts[0].strip())
                    && parts[1].strip().matches("[0-9]{1,7}")) {
                read.put(
                        parts[0].strip(),
                        TimeUnit.SECONDS.toNanos(Long.parseLong(parts[1].strip())));
            } else {
                log.error(
                        "Cache '{}' in dev.weft.llm.router is ignored: write it as route=seconds",
                        line);
            }
        }
        synchronized (entries) {
            entries.clear();
        }
        lives = Map.copyOf(read);
    }

    /** The routes that are cached.
     * @return seconds by route, sorted */
    Map<String, Long> seconds() {
        Map<String, Long> seconds = new TreeMap<>();
        lives.forEach((route, nanos) -> seconds.put(route, TimeUnit.NANOSECONDS.toSeconds(nanos)));
        return seconds;
    }

    /** Looks.
     * @param route the way
     * @param request what is asked
     * @return null if there is none */
    ChatResponse find(String route, ChatRequest request) {
        Long life = lives.get(route);
        if (life == null) {
            return null;
        }
        synchronized (entries) {
            Entry entry = entries.get(new Key(route, request));
            return entry == null || System.nanoTime() - entry.since > life ? null : entry.response;
        }
    }

    /** Keeps an answer, if its route wants it.
     * @param route the way
     * @param request what was asked
     * @param response the answer */
    void keep(String route, ChatRequest request, ChatResponse response) {
        if (!lives.containsKey(route) || Estimate.inputTokens(request) > LONGEST) {
            return;
        }
        synchronized (entries) {
            entries.put(new Key(route, request), new Entry(response, System.nanoTime()));
        }
    }
}
