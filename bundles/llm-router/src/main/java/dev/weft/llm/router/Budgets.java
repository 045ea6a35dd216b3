package dev.weft.llm.router;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.weft.api.event.Events;
import dev.weft.api.llm.Llm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds what calls may use. The most that a call can use is reserved before it starts, so a budget is never overshot; a call that
 * does not fit waits until someone raises the budget, a new period begins, or its own time is up. Thread-safe.
 */
final class Budgets {
    private static final Logger log = LoggerFactory.getLogger(Budgets.class);
    private static final TypeReference<TreeMap<String, Account.Kept>> SHAPE =
            new TypeReference<>() {};

    /** What is held for one call; it must be settled. */
    final class Hold {
        private final List<Account> accounts;
        private final long tokens;
        private final double money;

        private Hold(List<Account> accounts, long tokens, double money) {
            this.accounts = accounts;
            this.tokens = tokens;
            this.money = money;
        }

        /** Says what the call used. */
        void settle(long usedTokens, double usedMoney) {
            Budgets.this.settle(this, usedTokens, usedMoney);
        }

        /** The call used nothing. */
        void release() {
            settle(0, 0);
        }

        /** Nobody knows what the call used: what was held counts as used. */
        void forfeit() {
            settle(tokens, money);
        }
    }

    private final JsonMapper mapper = new JsonMapper();
    private final Path file;
    private final Events events;
    private final Clock clock;
    private final Map<String, Account> accounts = new TreeMap<>();
    private final Map<String, Account.Kept> kept;
    private final Hold nothing = new Hold(List.of(), 0, 0);
    private final BudgetRules limits;
    private volatile List<Account.Rule> rules = List.of();

    /** @param configured lines
     * @param limits those that people set
     * @param file where what is used is kept; null to keep nothing */
    Budgets(String[] configured, BudgetRules limits, Path file, Events events, Clock clock) {
        this.limits = limits;
        this.file = file;
        this.events = events;
        this.clock = clock;
        this.kept = stored();
        configure(configured);
    }

    /** Takes other limits; what is used stays.
     * @param configured lines {@code route:default tokens=1000 money=1.5 per=day} */
    synchronized void configure(String[] configured) {
        limits.configure(configured);
        apply();
    }

    /** Sets a limit, at once and for good.
     * @throws IllegalArgumentException if it is none; says why
     * @throws java.io.UncheckedIOException if it cannot be kept; nothing changes then */
    synchronized Llm.Budget limit(String name, String per, long tokens, double money) {
        Account.Rule rule = BudgetLine.rule(name, per, tokens, money);
        limits.set(rule);
        log.info(
                "LLM budget {} is {} tokens and {} money per {} (0: no limit)",
                name,
                tokens,
                money,
                per);
        apply();
        return list().stream()
                .filter(budget -> budget.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** Forgets what {@link #limit} set; what the configuration says counts again.
     * @return whether there was something */
    synchronized boolean unlimit(String name) {
        boolean was = limits.remove(name);
        if (was) {
            log.info("LLM budget {} is what the configuration says", name);
            apply();
        }
        return was;
    }

    private void apply() {
        rules = limits.all();
        for (Account.Rule rule : rules) {
            if (!rule.isForEach()) {
                account(rule.name(), rule);
            }
        }
        accounts.forEach(
                (name, account) ->
                        rules.stream()
                                .filter(rule -> rule.matches(name))
                                .findFirst()
                                .ifPresent(account::rule));
        accounts.entrySet()
                .removeIf(
                        account ->
                                rules.stream().noneMatch(rule -> rule.matches(account.getKey())));
        notifyAll();
    }

    /** Whether a call is limited at all.
     * @param way who calls and which way
     * @return false: no need to estimate it */
    boolean concern(Way way) {
        for (Account.Rule rule : rules) {
            if (rule.matches("route:" + way.route()) || rule.matches(way.caller())) {
                return true;
            }
        }
        return false;
    }

    /** Holds the most that a call can use, and waits for it if need be.
     * @param way who calls and which way
     * @param tokens the most it can use
     * @param money the most it can cost
     * @param most how long to wait
     * @return settle it
     * @throws IllegalStateException if there was no room in time; the message says what to do
     * @throws InterruptedException if the caller gave up */
    synchronized Hold reserve(Way way, long tokens, double money, Duration most)
            throws InterruptedException {
        if (rules.isEmpty()) {
            return nothing;
        }
        Instant until = clock.instant().plus(most);
        Account told = null;
        while (true) {
            Instant now = clock.instant();
            List<Account> concerned = concerned(way);
            concerned.forEach(account -> account.turn(now));
            Account full =
                    concerned.stream()
                            .filter(account -> !account.allows(tokens, money))
                            .findFirst()
                            .orElse(null);
            if (full == null) {
                concerned.forEach(account -> account.reserve(tokens, money));
                if (!concerned.stream().allMatch(Account::isKept)) {
                    keep(true);
                }
                return new Hold(concerned, tokens, money);
            }
            if (!now.isBefore(until)) {
                throw new IllegalStateException(refusal(full, tokens, money));
            }
            if (full != told) {
                told = full;
                log.warn("A call of {} waits: {}", way.caller(), refusal(full, tokens, money));
                publish("waiting", full, way, tokens, money);
            }
            Instant wake = full.end(now).isBefore(until) ? full.end(now) : until;
            full.waiting(1);
            try {
                wait(Math.max(1, Duration.between(now, wake).toMillis()));
            } finally {
                full.waiting(-1);
            }
        }
    }

    /** Allows more.
     * @param name of a budget
     * @param tokens how many more
     * @param money how much more
     * @return the budget now */
    synchronized Llm.Budget raise(String name, long tokens, double money) {
        Account account = accounts.get(name);
        if (account == null) {
            throw new IllegalArgumentException(
                    "there is no budget '"
                            + name
                            + "'; there are: "
                            + (accounts.isEmpty() ? "none" : String.join(", ", accounts.keySet())));
        }
        if (tokens < 0 || money < 0 || !Double.isFinite(money) || tokens == 0 && money == 0) {
            throw new IllegalArgumentException("say how many tokens or how much money to add");
        }
        account.turn(clock.instant());
        account.raise(tokens, money);
        keep(true);
        notifyAll();
        log.info("LLM budget {} is raised by {} tokens and {} money", name, tokens, money);
        publish("raised", account, null, tokens, money);
        return account.describe();
    }

    synchronized List<Llm.Budget> list() {
        Instant now = clock.instant();
        accounts.values().forEach(account -> account.turn(now));
        List<Llm.Budget> all = new ArrayList<>();
        accounts.values().forEach(account -> all.add(account.describe()));
        for (Account.Rule rule : rules) {
            if (rule.isForEach()) {
                all.add(new Account(rule.name(), rule, now).describe());
            }
        }
        all.sort(Comparator.comparing(Llm.Budget::name));
        return all;
    }

    /** The host stops: what is kept is exact from now on. */
    synchronized void close() {
        if (!accounts.isEmpty()) {
            keep(false);
        }
    }

    private synchronized void settle(Hold hold, long usedTokens, double usedMoney) {
        if (hold.accounts.isEmpty()) {
            return;
        }
        hold.accounts.forEach(
                account -> account.settle(hold.tokens, hold.money, usedTokens, usedMoney));
        if (!hold.accounts.stream().allMatch(Account::isKept)) {
            keep(true); // it used more than was held
        }
        notifyAll();
    }

    private List<Account> concerned(Way way) {
        return Stream.of("route:" + way.route(), way.caller())
                .flatMap(
                        subject ->
                                rules.stream()
                                        .filter(rule -> rule.matches(subject))
                                        .limit(1)
                                        .map(rule -> account(subject, rule)))
                .toList();
    }

    private Account account(String name, Account.Rule rule) {
        Account account =
                accounts.computeIfAbsent(
                        name,
                        fresh -> {
                            Account made = new Account(name, rule, clock.instant());
                            Account.Kept before = kept.get(name);
                            if (before != null) {
                                made.restore(before, clock.instant());
                            }
                            return made;
                        });
        account.rule(rule);
        return account;
    }

    private static String refusal(Account account, long tokens, double money) {
        Llm.Budget budget = account.describe();
        return "the budget "
                + budget.name()
                + " of this "
                + budget.per()
                + " has no room for a call that may use "
                + tokens
                + " tokens and "
                + money
                + " money ("
                + budget.tokens()
                + " of "
                + budget.tokenLimit()
                + " tokens and "
                + budget.money()
                + " of "
                + budget.moneyLimit()
                + " money used; 0: no limit); an operator can raise it: weft llm raise "
                + budget.name()
                + " --tokens N --money M";
    }

    private void publish(String state, Account account, Way way, long tokens, double money) {
        Map<String, Object> data = new TreeMap<>();
        data.put("budget", account.name());
        data.put("state", state);
        data.put("tokens", tokens);
        data.put("money", money);
        if (way != null) {
            data.put("caller", way.caller());
            data.put("route", way.route());
        }
        events.publish("llm.budget", data);
    }

    private void keep(boolean ahead) {
        Map<String, Account.Kept> all = new TreeMap<>(kept); // also of those that nobody used since
        all.keySet().removeIf(name -> rules.stream().noneMatch(rule -> rule.matches(name)));
        accounts.forEach((name, account) -> all.put(name, account.keep(ahead)));
        try {
            KeptJson.write(file, mapper, all);
        } catch (IOException e) {
            log.error("What LLM budgets have used cannot be kept over a restart: {}", e.toString());
        }
    }

    private Map<String, Account.Kept> stored() {
        try {
            return file == null || !Files.exists(file)
                    ? Map.of()
                    : mapper.readValue(Files.readString(file), SHAPE);
        } catch (IOException e) {
            log.error("{} cannot be read, so LLM budgets begin anew: {}", file, e.toString());
            return Map.of();
        }
    }
}
