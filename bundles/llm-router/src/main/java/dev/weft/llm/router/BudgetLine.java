package dev.weft.llm.router;

import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads one line of the budgets' configuration. */
final class BudgetLine {
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
            if (words[0].matches("(route|agent|skill):([a-zA-Z0-9._-]+|\\*)")
                    && PERIODS.contains(per)
                    && tokens >= 0
                    && money >= 0
                    && Double.isFinite(money)
                    && (tokens > 0 || money > 0)) {
                return new Account.Rule(words[0], per, tokens, money);
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        log.error(
                "Budget '{}' in dev.weft.llm.router is ignored: write it as route:NAME, agent:NAME or skill:ID (* for each), then tokens=N, money=M and per=hour, day, month or total",
                line);
        return null;
    }
}
