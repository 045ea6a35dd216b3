package dev.weft.signaling.client;

import dev.weft.api.identity.SecretFile;
import dev.weft.protocol.AgentId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The host key that was first seen of each agent, in a file of one line each. An agent keeps its key for life (a host that is paired anew gets a new
 * id), so a card with another key, or with none, was changed on its way: the first key counts.
 */
final class KnownKeys {
    private static final Logger LOG = LoggerFactory.getLogger(KnownKeys.class);
    private static final int MOST = 50_000;
    private final Path file;
    private final Map<AgentId, String> keys = new ConcurrentHashMap<>();
    private final Set<String> warned = ConcurrentHashMap.newKeySet();

    /** Reads the file.
     * @param file where the keys are kept; null to keep them in memory only */
    KnownKeys(Path file) {
        this.file = file;
        if (file != null && Files.exists(file)) {
            try {
                for (String line : Files.readAllLines(file)) {
                    String[] words = line.split(" ");
                    if (words.length == 2 && AgentId.isValid(words[0])) {
                        keys.put(new AgentId(words[0]), words[1]);
                    }
                }
            } catch (IOException e) {
                LOG.warn(
                        "the keys of known agents cannot be read, they are learned anew: {}",
                        e.toString());
            }
        }
    }

    /** The key that counts for an agent.
     * @param claimed what its card says; "" if nothing
     * @return the key that was seen first; "" if none was */
    String of(AgentId agent, String claimed) {
        String known = keys.get(agent);
        if (known == null) {
            return claimed.isEmpty() ? "" : remember(agent, claimed);
        }
        if (!known.equals(claimed) && warned.size() < MOST && warned.add(agent + claimed)) {
            LOG.warn(
                    "{} is said to have {}, but its key is {}: somebody may be in its place. If that host really has a new key, remove its line from {}",
                    agent,
                    claimed.isEmpty() ? "no key" : "the key " + claimed,
                    known,
                    file);
        }
        return known;
    }

    private synchronized String remember(AgentId agent, String key) {
        String raced = keys.putIfAbsent(agent, key);
        if (raced != null || file == null || keys.size() > MOST) {
            return raced == null ? key : raced;
        }
        try {
            String line = agent + " " + key + "\n";
            if (Files.exists(file)) {
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
}
