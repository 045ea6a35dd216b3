package dev.weft.skill.repository.scan;

import dev.weft.skill.repository.scan.JarClass.Method;
import dev.weft.skill.repository.scan.JarClass.Ref;
import dev.weft.skill.repository.scan.JarClass.Use;
import dev.weft.skill.repository.scan.Rules.Meaning;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the code of a jar can do: of what can run, all; of what cannot, one line. A skill that declares {@code dynamic} told that some of what it
 * runs cannot be seen beforehand: that is shown, not asked about, unless there is code in the jar that could do what no skill may, or what was
 * not declared. Use once.
 */
final class CodeFindings {
    private static final String DYNAMIC = "dynamic";
    private static final int MAX_CHAIN = 100_000;

    private final Collection<JarClass> classes;
    private final Reach reach;
    private final Platform platform = new Platform();
    private final Rules rules = new Rules();
    private final Set<String> declared;
    private final Findings findings;
    private final Map<String, String> permissions = new TreeMap<>();
    private final Map<String, String> unreachable = new TreeMap<>();
    private boolean reflection;

    CodeFindings(
            Collection<JarClass> classes, Reach reach, Set<String> declared, Findings findings) {
        this.classes = classes;
        this.reach = reach;
        this.declared = declared;
        this.findings = findings;
    }

    /** Permissions that the code needs, each with the first place. */
    Map<String, String> permissions() {
        return permissions;
    }

    void run() {
        for (JarClass type : classes) {
            for (Method method : type.methods.values()) {
                for (Ref ref : method.refs) {
                    for (String arrives : reach.outside(ref)) {
                        judge(method, ref, arrives);
                    }
                }
                if (method.from != null && method.name().equals("<clinit>")) {
                    loading(method);
                }
            }
        }
        unreachable.keySet().removeAll(permissions.keySet());
        if (!unreachable.isEmpty()) {
            String text =
                    "code that the skill does not reach could do more: " + unreachable.values();
            if (reflection) {
                Set<String> worse = new HashSet<>(unreachable.keySet());
                worse.removeAll(declared);
                worse.remove(Rules.SETTINGS);
                findings.asked(
                        "hidden-code",
                        text + "; reflection on names that are made at run time could reach it",
                        declared.contains(DYNAMIC) && worse.isEmpty());
            } else {
                findings.low("unreachable-code", text);
            }
        }
    }

    private void judge(Method method, Ref ref, String arrives) {
        Meaning meaning = rules.meaning(arrives, ref);
        if (!meaning.any() || ref.use() == Use.CLASS && platform.lacks(arrives)) {
            return;
        }
        boolean unknown = ref.owner().equals(Rules.UNKNOWN_CLASS);
        String what =
                unknown
                        ? "loads a class by a name that is made at run time"
                        : ref.signature().isEmpty()
                                ? "uses " + arrives.replace('/', '.')
                                : "calls " + arrives.replace('/', '.') + "." + ref.name();
        if (method.from == null) {
            String name =
                    meaning.forbidden().isEmpty() ? meaning.permission() : meaning.forbidden();
            if (!name.isEmpty()) {
                unreachable.putIfAbsent(name, method + " " + what);
            }
            return;
        }
        String where = method + " " + what + origin(method);
        if (!meaning.permission().isEmpty()) {
            permissions.putIfAbsent(meaning.permission(), where);
        }
        if (!meaning.forbidden().isEmpty()) {
            findings.high(meaning.finding(), where + ", which " + meaning.forbidden());
        }
        if (!meaning.asked().isEmpty()) {
            reflection |= unknown;
            findings.asked(
                    meaning.asked(),
                    where + ": " + Rules.why(meaning.asked()),
                    declared.contains(DYNAMIC));
        }
    }

    /** By which entry point a method is reached. */
    private static String origin(Method method) {
        Method at = method;
        for (int i = 0; i < MAX_CHAIN && at.from != at; i++) {
            at = at.from;
        }
        return at.owner == method.owner ? "" : " (reached from " + at + ")";
    }

    /** Follows the calls of a static initialiser that certainly happen in it, not the bodies of its lambdas. */
    private void loading(Method initialiser) {
        Set<Method> seen = new HashSet<>(Set.of(initialiser));
        Deque<Method> work = new ArrayDeque<>(seen);
        while (!work.isEmpty()) {
            Method method = work.poll();
            for (Ref ref : method.refs) {
                for (String arrives : reach.outside(ref)) {
                    if (ref.use() != Use.LATER && rules.meaning(arrives, ref).thread()) {
                        findings.high(
                                "thread-at-load",
                                method
                                        + " starts threads as soon as class "
                                        + initialiser.owner
                                        + " is loaded");
                    }
                }
                if (ref.use() == Use.BOUND || ref.use() == Use.VIRTUAL) {
                    reach.target(ref).filter(seen::add).ifPresent(work::add);
                }
            }
        }
    }
}
