package dev.weft.tasks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who may call which skill of this host. A rule is {@code WHAT=WHO,WHO…}: what is {@code skill.tool}, {@code skill} or
 * {@code *}, and the most exact rule counts alone; who is an agent's id or name, {@code *} for everyone, {@code !} before it for
 * all but that one. What no rule names is open to the mesh. Immutable.
 */
final class Access {
    private final Map<String, List<String>> rules = new LinkedHashMap<>();

    /** @throws IllegalArgumentException if a rule is malformed: a host must not come up with half of its rules */
    Access(String... lines) {
        for (String line : lines) {
            int equals = line.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException(
                        "permissions: \""
                                + line
                                + "\" is not SKILL[.TOOL]=AGENT,AGENT (or * for all)");
            }
            List<String> who = new ArrayList<>();
            for (String one : line.substring(equals + 1).split(",")) {
                if (!one.isBlank()) {
                    who.add(one.strip());
                }
            }
            rules.put(line.substring(0, equals).strip(), List.copyOf(who));
        }
    }

    boolean isOpen() {
        return rules.isEmpty();
    }

    /** Why a caller may not do something.
     * @param id of the caller, proven by the link; "" if unknown
     * @param name of the caller as the directory knows it; "" if unknown
     * @return the reason; empty if it may */
    Optional<String> denial(String id, String name, String skill, String tool) {
        for (String what : List.of(skill + "." + tool, skill, "*")) {
            List<String> who = rules.get(what);
            if (who != null) {
                return allows(who, id, name)
                        ? Optional.empty()
                        : Optional.of(
                                (id.isEmpty() ? "an unknown caller" : name.isEmpty() ? id : name)
                                        + " may not call "
                                        + skill
                                        + "."
                                        + tool
                                        + " here: the permissions of this host for \""
                                        + what
                                        + "\" do not name it");
            }
        }
        return Optional.empty();
    }

    private static boolean allows(List<String> who, String id, String name) {
        boolean allowed = !who.isEmpty() && who.stream().allMatch(one -> one.startsWith("!"));
        for (String one : who) {
            boolean denies = one.startsWith("!");
            String whom = denies ? one.substring(1) : one;
            if (whom.equals("*")) {
                allowed |= !denies;
            } else if (!whom.isEmpty() && (whom.equals(id) || whom.equals(name))) {
                if (denies) {
                    return false;
                }
                allowed = true;
            }
        }
        return allowed;
    }
}
