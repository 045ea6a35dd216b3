package dev.weft.llm.router;

import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads budgets: lines of the configuration, and what a person sets. */
final class BudgetLine {
    private static final String HOW =
            "write it as route:NAME, agent:NAME or skill:ID (* for each), then tokens=N, money=M and per=hour, day, month or total";
    private static final Logger log = LoggerFactory.getLogger(BudgetLine.class);
    private static final Set<String> PERIODS = Set.of("hour", "day", "month", "total");

    private BudgetLine() {}

    /** Reads a line.
     * @param line {@code route:default tokens=1000 money=1.5 per=day}
     * @return null, with an error in the log, if it is none */
    static Account.Rule read(String line) {
        String[] words = line.strip().split("\\s+");
        String per = "day";
        long tokens = 0;
        double money = 0;
        try {
            for (int i = 1; i < words.length; i++) {
                String value = words[i].substring(words[i].indexOf('=') + 1);
                switch (words[i].substring(0, Math.max(0, words[i].indexOf('=')))) {
                    case "per" -> per = value;
                    case "tokens" -> tokens = Long.parseLong(value);
                    case "money" -> money = Double.parseDouble(value);
                    default -> throw new IllegalArgumentException();
                }
            }
            if (tokens > 0 || money > 0) {
                return rule(words[0], per, tokens, money);
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        log.error("Budget '{}' in dev.weft.llm.router is ignored: {}", line, HOW);
        return null;
    }

    /** Checks a budget.
     * @throws IllegalArgumentException if it is none; says what it must be */
    static Account.Rule rule(String name, String per, long tokens, double money) {
        if (name == null || !name.matches("(route|agent|skill):([a-zA-Z0-9._-]{1,64}|\\*)")) {
            throw new IllegalArgumentException(
                    "a budget is called route:NAME, agent:NAME or skill:ID, with * for each of them");
        }
        if (!PERIODS.contains(per)) {
            throw new IllegalArgumentException("per must be hour, day, month or total");
        }
        if (tokens < 0 || money < 0 || !Double.isFinite(money)) {
            throw new IllegalArgumentException("tokens and money must be 0 (no limit) or more");
        }
        return new Account.Rule(name, per, tokens, money);
    }
}
