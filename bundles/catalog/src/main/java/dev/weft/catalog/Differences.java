package dev.weft.catalog;

import dev.weft.api.catalog.Plan.Change;
import dev.weft.protocol.SkillCard;
import dev.weft.protocol.SkillCard.ToolCard;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What is other in a new version than in the one that runs. */
final class Differences {
    private final List<Change> all = new ArrayList<>();

    private Differences() {}

    /** Compares skills by id.
     * @return in the order of the skills */
    static List<Change> of(List<SkillCard> before, List<SkillCard> after) {
        Differences found = new Differences();
        Map<String, SkillCard> old = byKey(before, SkillCard::id);
        Map<String, SkillCard> now = byKey(after, SkillCard::id);
        TreeSet<String> ids = new TreeSet<>(old.keySet());
        ids.addAll(now.keySet());
        for (String id : ids) {
            found.skill(id, old.get(id), now.get(id));
        }
        return List.copyOf(found.all);
    }

    /** Tells whether a change needs a person: everything but giving something up. */
    static boolean asks(Change change) {
        return !(change.kind().equals("permissions")
                && List.of(change.before().split(", "))
                        .containsAll(
                                change.after().isEmpty()
                                        ? List.of()
                                        : List.of(change.after().split(", "))));
    }

    /** A change in words. */
    static String words(Change change) {
        return change.before().isEmpty()
                ? change.what() + ": new " + change.kind() + " " + shown(change.after())
                : change.what()
                        + ": "
                        + change.kind()
                        + " changed from "
                        + shown(change.before())
                        + " to "
                        + shown(change.after());
    }

    private static String shown(String text) {
        String line = text.replaceAll("\\s+", " ");
        return line.isEmpty()
                ? "nothing"
                : line.length() > 200 ? line.substring(0, 200) + "…" : line;
    }

    private static <T> Map<String, T> byKey(List<T> list, Function<T, String> key) {
        return list.stream()
                .collect(Collectors.toMap(key, t -> t, (one, other) -> one, TreeMap::new));
    }

    private void skill(String id, SkillCard old, SkillCard now) {
        if (old == null || now == null) {
            all.add(
                    new Change(
                            "tools",
                            id,
                            old == null ? "" : names(old.tools()),
                            now == null ? "" : names(now.tools())));
            if (old == null && !now.permissions().isEmpty()) {
                all.add(new Change("permissions", id, "", joined(now.permissions())));
            }
            return;
        }
        compare("permissions", id, joined(old.permissions()), joined(now.permissions()));
        compare(
                "description",
                id,
                old.title() + ": " + old.description(),
                now.title() + ": " + now.description());
        compare("tools", id, names(old.tools()), names(now.tools()));
        Map<String, ToolCard> tools = byKey(now.tools(), ToolCard::name);
        for (ToolCard tool : old.tools()) {
            ToolCard other = tools.get(tool.name());
            if (other != null) {
                String what = id + "." + tool.name();
                compare("description", what, tool.description(), other.description());
                compare("schema", what, tool.schema().toString(), other.schema().toString());
                compare("approval", what, approval(tool), approval(other));
            }
        }
    }

    private static String approval(ToolCard tool) {
        return tool.confirm() ? "asked each time" : "never asked";
    }

    private void compare(String kind, String what, String before, String after) {
        if (!before.equals(after)) {
            all.add(new Change(kind, what, before, after));
        }
    }

    private static String names(List<ToolCard> tools) {
        return joined(tools.stream().map(ToolCard::name).toList());
    }

    private static String joined(List<String> texts) {
        return String.join(", ", texts);
    }
}
