package dev.weft.llm.router;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
    private static final long MOST_SECONDS = 9_999_999;
    private static final TypeReference<TreeMap<String, Long>> SHAPE = new TypeReference<>() {};

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
    private final JsonMapper mapper = new JsonMapper();
    private final Path file;
    private final Map<String, Long> set;
    private Map<String, Long> configured = Map.of();
    private volatile Map<String, Long> lives;

    /** Begins empty.
     * @param lines {@code route=seconds}
     * @param file where it is kept what was set while the host ran; null to keep nothing */
    AnswerCache(String[] lines, Path file) {
        this.file = file;
        this.set = stored();
        configure(lines);
    }

    /** Takes other routes; what is cached is dropped, what was set while the host ran stays set.
     * @param lines {@code route=seconds} */
    synchronized void configure(String[] lines) {
        Map<String, Long> read = new TreeMap<>();
        for (String line : lines == null ? new String[0] : lines) {
            String[] parts = line.split("=", 2);
            if (parts.length == 2
                    && Routes.isName(parts[0].strip())
                    && parts[1].strip().matches("[0-9]{1,7}")) {
                read.put(parts[0].strip(), Long.parseLong(parts[1].strip()));
            } else {
                log.error(
                        "Cache '{}' in dev.weft.llm.router is ignored: write it as route=seconds",
                        line);
            }
        }
        configured = read;
        count();
    }

    /** Sets how long a route's answers live; it is on disk before it counts.
     * @param seconds 0: they do not
     * @throws IllegalArgumentException if that is out of range
     * @throws UncheckedIOException if it cannot be kept; nothing changes then */
    synchronized void set(String route, long seconds) {
        if (seconds < 0 || seconds > MOST_SECONDS) {
            throw new IllegalArgumentException("seconds must be 0 to " + MOST_SECONDS);
        }
        Map<String, Long> kept = new TreeMap<>(set);
        kept.put(route, seconds);
        try {
            KeptJson.write(file, mapper, kept);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "the cache is not changed, because " + file + " cannot be written: " + e, e);
        }
        set.put(route, seconds);
        count();
    }

    private void count() {
        Map<String, Long> all = new TreeMap<>(configured);
        all.putAll(set);
        all.values().removeIf(seconds -> seconds == 0);
        all.replaceAll((route, seconds) -> TimeUnit.SECONDS.toNanos(seconds));
        synchronized (entries) {
            entries.clear();
        }
        lives = Map.copyOf(all);
    }

    private Map<String, Long> stored() {
        if (file == null || !Files.exists(file)) {
            return new TreeMap<>();
        }
        try {
            Map<String, Long> read = mapper.readValue(Files.readString(file), SHAPE);
            read.entrySet()
                    .removeIf(
                            one ->
                                    !Routes.isName(one.getKey())
                                            || one.getValue() == null
                                            || one.getValue() < 0
                                            || one.getValue() > MOST_SECONDS);
            return read;
        } catch (IOException | NullPointerException e) {
            log.error(
                    "{} is not the JSON that this host writes, so its caches do not count. Set them again, or mend the file and restart: {}",
                    file,
                    e.toString());
            return new TreeMap<>();
        }
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
