package dev.weft.signaling.client;

import dev.weft.api.identity.SecretFile;
import dev.weft.protocol.AgentId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The host key that was first seen of each agent, and its name, in a file of a line {@code id key name} each. An agent keeps its key for life (a host
 * that is paired anew gets a new id), so a card with another key, or with none, was changed on its way: the first key counts. A name may change: the
 * last one counts, and finds an agent as long as no registry has told who is there.
 */
final class KnownKeys {
    private static final Logger LOG = LoggerFactory.getLogger(KnownKeys.class);
    private static final int MOST = 50_000;
    private static final int SPARE_LINES = 64;
    private final Path file;
    private final Map<AgentId, String> keys = new ConcurrentHashMap<>();
    private final Map<AgentId, String> names = new ConcurrentHashMap<>();
    private final Set<String> warned = ConcurrentHashMap.newKeySet();

    /** In the file; an agent that was given a new name has one for each. */
    private int lines;

    /** Reads the file.
     * @param file where the keys are kept; null to keep them in memory only; written anew with a line an agent if it has more */
    KnownKeys(Path file) {
        this.file = file;
        if (file != null && Files.exists(file)) {
            try {
                for (String line : Files.readAllLines(file)) {
                    lines++;
                    String[] words = line.split(" ");
                    if (words.length >= 2 && AgentId.isValid(words[0])) {
                        AgentId agent = new AgentId(words[0]);
                        keys.putIfAbsent(agent, words[1]);
                        if (words.length > 2 && AgentId.isValid(words[2])) {
                            names.put(agent, words[2]);
                        }
                    }
                }
            } catch (IOException e) {
                LOG.warn(
                        "the keys of known agents cannot be read, they are learned anew: {}",
                        e.toString());
                return;
            }
            try {
                compact();
            } catch (IOException e) {
                LOG.warn("the keys of known agents stay as long as they are: {}", e.toString());
            }
        }
    }

    /** The key that counts for an agent.
     * @param claimed what its card says; "" if nothing
     * @param name what it is called
     * @return the key that was seen first; "" if none was */
    String of(AgentId agent, String claimed, String name) {
        String known = keys.get(agent);
        if (known == null) {
            return claimed.isEmpty() ? "" : remember(agent, claimed, name);
        }
        if (!name.equals(names.get(agent)) && AgentId.isValid(name)) {
            remember(agent, known, name);
        }
        if (!known.equals(claimed) && warned.size() < MOST && warned.add(agent + claimed)) {
            LOG.warn(
                    "{} is said to have {}, but its key is {}: somebody may be in its place. If that host really has a new key, remove its lines from {}",
                    agent,
                    claimed.isEmpty() ? "no key" : "the key " + claimed,
                    known,
                    file);
        }
        return known;
    }

    /** An agent that was seen once.
     * @param idOrName its id, or the name that it had last
     * @return its id, key and name; empty if none was seen */
    Optional<Seen> find(String idOrName) {
        return names.entrySet().stream()
                .filter(
                        entry ->
                                entry.getKey().value().equals(idOrName)
                                        || entry.getValue().equals(idOrName))
                .findFirst()
                .map(entry -> new Seen(entry.getKey(), keys.get(entry.getKey()), entry.getValue()));
    }

    /** What is kept of an agent. */
    record Seen(AgentId id, String key, String name) {}

    private synchronized String remember(AgentId agent, String claimed, String name) {
        String first = keys.putIfAbsent(agent, claimed);
        String key = first == null ? claimed : first;
        String called = AgentId.isValid(name) ? name : "";
        boolean news = first == null || !called.isEmpty() && !called.equals(names.get(agent));
        if (!called.isEmpty()) {
            names.put(agent, called);
        }
        if (!news || file == null || keys.size() > MOST) {
            return key;
        }
        try {
            String line = line(agent, key, called);
            lines++;
            if (lines > 2 * keys.size() + SPARE_LINES) {
                compact();
            } else if (Files.exists(file)) {
                Files.writeString(file, line, StandardCharsets.UTF_8, StandardOpenOption.APPEND);
            } else {
                SecretFile.create(
                        file, line); // no secret, but only the owner may say whose key counts
            }
        } catch (IOException e) {
            LOG.warn("the key of {} is not kept beyond this run: {}", agent, e.toString());
        }
        return key;
    }

    /** Leaves a line an agent, with the name that it has now; a crash leaves the old file or the new one. */
    private void compact() throws IOException {
        if (lines <= keys.size()) {
            return;
        }
        StringBuilder text = new StringBuilder();
        keys.forEach((agent, key) -> text.append(line(agent, key, names.getOrDefault(agent, ""))));
        SecretFile.replace(file, text.toString());
        lines = keys.size();
    }

    private static String line(AgentId agent, String key, String name) {
        return (agent + " " + key + " " + name).strip() + "\n";
    }
}
