package dev.weft.llm.router;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The limits: those of the configuration, overlaid by those that people set, which are kept in a file. Guarded by {@link Budgets}. */
final class BudgetRules {
    private static final Logger log = LoggerFactory.getLogger(BudgetRules.class);
    private static final TypeReference<TreeMap<String, Account.Rule>> SHAPE =
            new TypeReference<>() {};

    private final JsonMapper mapper = new JsonMapper();
    private final Path file;
    private final Map<String, Account.Rule> configured = new TreeMap<>();
    private Map<String, Account.Rule> set;

    /** @param file where they are kept; null to keep none */
    BudgetRules(Path file) {
        this.file = file;
        this.set = stored();
    }

    void configure(String[] lines) {
        configured.clear();
        for (String line : lines == null ? new String[0] : lines) {
            Account.Rule rule = BudgetLine.read(line);
            if (rule != null) {
                configured.put(rule.name(), rule);
            }
        }
    }

    /** All that count; a budget for one comes before one for each. */
    List<Account.Rule> all() {
        Map<String, Account.Rule> all = new TreeMap<>(configured);
        all.putAll(set);
        return all.values().stream().sorted(Comparator.comparing(Account.Rule::isForEach)).toList();
    }

    /** Sets one; it is on disk before it counts.
     * @throws UncheckedIOException if it cannot be kept; nothing changes then */
    void set(Account.Rule rule) {
        Map<String, Account.Rule> changed = new TreeMap<>(set);
        changed.put(rule.name(), rule);
        store(changed);
    }

    /** @return whether it was set */
    boolean remove(String name) {
        Map<String, Account.Rule> changed = new TreeMap<>(set);
        boolean was = changed.remove(name) != null;
        if (was) {
            store(changed);
        }
        return was;
    }

    private void store(Map<String, Account.Rule> changed) {
        try {
            KeptJson.write(file, mapper, changed);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "the budget is not changed, because " + file + " cannot be written: " + e, e);
        }
        set = changed;
    }

    private Map<String, Account.Rule> stored() {
        if (file == null || !Files.exists(file)) {
            return Map.of();
        }
        try {
            Map<String, Account.Rule> read = mapper.readValue(Files.readString(file), SHAPE);
            read.forEach(
                    (name, rule) -> BudgetLine.rule(name, rule.per(), rule.tokens(), rule.money()));
            return read;
        } catch (IOException | IllegalArgumentException | NullPointerException e) {
            log.error(
                    "{} is not the JSON that this host writes, so its LLM budgets do not count. Set them again, or mend the file and restart: {}",
                    file,
                    e.toString());
            return Map.of();
        }
    }
}
