package dev.weft.llm.router;

import dev.weft.api.llm.Llm;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;

/** What one budget allows, and what is used of it in its present period. Guarded by {@link Budgets}. */
final class Account {
    /**
     * A line of the configuration.
     *
     * @param name {@code route:NAME}, {@code agent:NAME}, {@code skill:ID}; {@code *} for a name is one budget for each
     * @param per {@code hour}, {@code day}, {@code month} or {@code total}
     * @param tokens most tokens; 0: no limit
     * @param money most money; 0: no limit
     */
    record Rule(String name, String per, long tokens, double money) {
        boolean matches(String subject) {
            return name.equals(subject)
                    || isForEach() && subject.startsWith(name.substring(0, name.length() - 1));
        }

        boolean isForEach() {
            return name.endsWith(":*");
        }
    }

    /** What is kept of an account over a restart. Reserved counts as used: a host that was killed does not know better. */
    record Kept(String period, long tokens, double money, long raisedTokens, double raisedMoney) {}

    private static final double ROUNDING = 1e-9;
    private static final int HEADROOM = 100;

    private final String name;
    private Rule rule;
    private String period;
    private long tokens;
    private double money;
    private long raisedTokens;
    private double raisedMoney;
    private long reservedTokens;
    private double reservedMoney;
    private int waiting;
    private Kept kept;

    Account(String name, Rule rule, Instant now) {
        this.name = name;
        this.rule = rule;
        this.period = period(now);
    }

    String name() {
        return name;
    }

    void rule(Rule changed) {
        this.rule = changed;
    }

    void restore(Kept before, Instant now) {
        if (before.period().equals(period(now))) {
            kept = before;
            tokens = before.tokens();
            money = before.money();
            raisedTokens = before.raisedTokens();
            raisedMoney = before.raisedMoney();
        }
    }

    /** Whether what is on disk covers what is used and held now: after a kill, no less than that counts as used. */
    boolean isKept() {
        return kept != null
                && kept.period().equals(period)
                && kept.tokens() >= tokens + reservedTokens
                && kept.money() >= money + reservedMoney;
    }

    /** What goes to disk.
     * @param ahead whether a little more is kept than is used, so that not every call has to write: one percent of the limits */
    Kept keep(boolean ahead) {
        kept =
                new Kept(
                        period,
                        tokens + reservedTokens + (ahead ? rule.tokens() / HEADROOM : 0),
                        money + reservedMoney + (ahead ? rule.money() / HEADROOM : 0),
                        raisedTokens,
                        raisedMoney);
        return kept;
    }

    /** Begins a new period if the old one is over. */
    void turn(Instant now) {
        String present = period(now);
        if (!present.equals(period)) {
            period = present;
            tokens = 0;
            money = 0;
            raisedTokens = 0;
            raisedMoney = 0;
        }
    }

    boolean allows(long moreTokens, double moreMoney) {
        return (rule.tokens() == 0
                        || tokens + reservedTokens + moreTokens <= rule.tokens() + raisedTokens)
                && (rule.money() == 0
                        || money + reservedMoney + moreMoney
                                <= rule.money() + raisedMoney + ROUNDING);
    }

    void reserve(long moreTokens, double moreMoney) {
        reservedTokens += moreTokens;
        reservedMoney += moreMoney;
    }

    void settle(long heldTokens, double heldMoney, long usedTokens, double usedMoney) {
        reservedTokens -= heldTokens;
        reservedMoney = Math.max(0, reservedMoney - heldMoney);
        tokens += usedTokens;
        money += usedMoney;
    }

    void raise(long moreTokens, double moreMoney) {
        raisedTokens += moreTokens;
        raisedMoney += moreMoney;
    }

    void waiting(int change) {
        waiting += change;
    }

    /** When the present period is over.
     * @param now the time
     * @return far away for {@code total} */
    Instant end(Instant now) {
        ZonedDateTime start = now.atZone(ZoneOffset.UTC);
        return switch (rule.per()) {
            case "hour" -> start.truncatedTo(ChronoUnit.HOURS).plusHours(1).toInstant();
            case "day" -> start.truncatedTo(ChronoUnit.DAYS).plusDays(1).toInstant();
            case "month" ->
                    start.truncatedTo(ChronoUnit.DAYS).withDayOfMonth(1).plusMonths(1).toInstant();
            default -> now.plus(3650, ChronoUnit.DAYS);
        };
    }

    Llm.Budget describe() {
        return new Llm.Budget(
                name,
                rule.per(),
                rule.tokens() == 0 ? 0 : rule.tokens() + raisedTokens,
                tokens,
                rule.money() == 0 ? 0 : rule.money() + raisedMoney,
                money,
                reservedTokens,
                reservedMoney,
                waiting);
    }

    private String period(Instant now) {
        String time = now.toString();
        return switch (rule.per()) {
            case "hour" -> time.substring(0, 13);
            case "day" -> time.substring(0, 10);
            case "month" -> time.substring(0, 7);
            default -> "total";
        };
    }
}
