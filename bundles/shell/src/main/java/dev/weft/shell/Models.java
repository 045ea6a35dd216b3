package dev.weft.shell;

import dev.weft.api.audit.Audit;
import dev.weft.api.llm.Llm;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** Chat models: who answers, what it costs, and changes to both. Each change is audited, as by {@code shell}. */
@Component(
        service = Models.class,
        property = {
            "osgi.command.scope=weft",
            "osgi.command.function=llm",
            "osgi.command.function=use"
        })
public final class Models {
    private static final String USAGE =
            "usage: weft:llm [list | use ROUTE PROVIDER… | models PROVIDER | caches | cache ROUTE seconds=N | budgets | budget NAME per=hour|day|month|total [tokens=N] [money=M] | raise NAME [tokens=N] [money=M]]";

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Llm models;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Audit audit;

    @Reference CommandLine program;

    /** Providers and routes.
     * @return two tables */
    @Descriptor("the providers of chat models, and the routes to them")
    public String llm() {
        Llm router = models;
        if (router == null) {
            return Words.missing("the router of chat models");
        }
        Table providers =
                new Table("PROVIDER", "TYPE", "MODEL", "STATE", "CALLS", "FAILED", "LAST ERROR");
        for (Llm.Provider each : router.providers()) {
            providers.row(
                    each.id(),
                    each.type(),
                    each.model(),
                    each.state(),
                    each.calls(),
                    each.failures(),
                    each.lastError());
        }
        Table routes = new Table("ROUTE", "PROVIDERS");
        router.routes().forEach((name, tried) -> routes.row(name, String.join(" ", tried)));
        return providers + "\n\n" + routes;
    }

    /** Points a route at providers.
     * @param route its name
     * @param providers ids, in the order to try them
     * @return where it points now */
    @Descriptor("points a route at providers, at once: ROUTE PROVIDER...")
    public String use(String route, String... providers) {
        Llm router = models;
        if (router == null) {
            return Words.missing("the router of chat models");
        }
        if (providers.length == 0) {
            throw new IllegalArgumentException("usage: weft:use ROUTE PROVIDER…");
        }
        router.use(route, List.of(providers));
        ShellAudit.record(audit, "llm.use", route);
        return "route " + route + " now tries " + String.join(", ", Arrays.asList(providers));
    }

    /** Asks about models and budgets, or changes a budget.
     * @param words see the usage
     * @return a table */
    @Descriptor(
            "list | use ROUTE PROVIDER... | models PROVIDER | caches | cache ROUTE seconds=N | budgets | budget NAME per=hour|day|month|total [tokens=N] [money=M] | raise NAME [tokens=N] [money=M]")
    public String llm(String... words) {
        Llm router = models;
        if (CommandTable.isBeyond("llm", words)) {
            return program.ask("llm", words);
        }
        if (words.length == 0 || List.of(words).equals(List.of("list"))) {
            return llm();
        }
        if (words[0].equals("use") && words.length > 1) {
            return use(words[1], Arrays.copyOfRange(words, 2, words.length));
        }
        if (router == null) {
            return Words.missing("the router of chat models");
        }
        String name = words.length > 1 ? words[1] : "";
        return switch (words[0] + (words.length > 1 ? " NAME" : "")) {
            case "models NAME" -> String.join("\n", router.models(name));
            case "caches", "cache" -> caches(router);
            case "cache NAME" -> {
                router.cache(name, seconds(values(words)));
                ShellAudit.record(audit, "llm.cache", name);
                yield caches(router);
            }
            case "budgets" -> table(router.budgets());
            case "budget NAME" -> {
                Map<String, String> set = values(words);
                Llm.Budget budget =
                        router.limit(name, set.getOrDefault("per", ""), tokens(set), money(set));
                ShellAudit.record(audit, "llm.budget", name);
                yield table(List.of(budget));
            }
            case "raise NAME" -> {
                Map<String, String> set = values(words);
                Llm.Budget budget = router.raise(name, tokens(set), money(set));
                ShellAudit.record(audit, "llm.raise", name);
                yield table(List.of(budget));
            }
            default -> throw new IllegalArgumentException(USAGE);
        };
    }

    private static Map<String, String> values(String... words) {
        Map<String, String> values = new HashMap<>();
        for (String word : Arrays.asList(words).subList(2, words.length)) {
            String[] pair = word.split("=", 2);
            if (pair.length < 2
                    || !List.of("per", "tokens", "money", "seconds").contains(pair[0])) {
                throw new IllegalArgumentException("\"" + word + "\" is not understood; " + USAGE);
            }
            values.put(pair[0], pair[1]);
        }
        return values;
    }

    private static long tokens(Map<String, String> values) {
        try {
            return Long.parseLong(values.getOrDefault("tokens", "0"));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("tokens must be a whole number; " + USAGE, e);
        }
    }

    private static long seconds(Map<String, String> values) {
        try {
            return Long.parseLong(values.getOrDefault("seconds", ""));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "seconds must be a whole number, 0 for no cache; " + USAGE, e);
        }
    }

    private static String caches(Llm router) {
        Table table = new Table("ROUTE", "SECONDS", "FROM THE CACHE", "ASKED");
        Map<String, Long> lives = router.caches();
        Map<String, Llm.Usage> usage = router.usage();
        for (String route : router.routes().keySet()) {
            Llm.Usage used = usage.get("route:" + route);
            table.row(
                    route,
                    lives.containsKey(route) ? lives.get(route) : "off",
                    used == null ? 0 : used.cached(),
                    used == null ? 0 : used.calls());
        }
        return table.toString();
    }

    private static double money(Map<String, String> values) {
        try {
            return Double.parseDouble(values.getOrDefault("money", "0"));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("money must be a number; " + USAGE, e);
        }
    }

    private static String table(List<Llm.Budget> budgets) {
        Table table = new Table("BUDGET", "PER", "TOKENS", "OF", "MONEY", "OF", "WAITING");
        for (Llm.Budget each : budgets) {
            table.row(
                    each.name(),
                    each.per(),
                    each.tokens(),
                    each.tokenLimit() == 0 ? "" : each.tokenLimit(),
                    String.format(Locale.ROOT, "%.4f", each.money()),
                    each.moneyLimit() == 0
                            ? ""
                            : String.format(Locale.ROOT, "%.4f", each.moneyLimit()),
                    each.waiting());
        }
        return table.isEmpty() ? "no budgets" : table.toString();
    }
}
