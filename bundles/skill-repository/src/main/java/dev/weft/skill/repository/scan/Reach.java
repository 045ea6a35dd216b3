package dev.weft.skill.repository.scan;

import dev.weft.skill.repository.scan.JarClass.Method;
import dev.weft.skill.repository.scan.JarClass.Ref;
import dev.weft.skill.repository.scan.JarClass.Use;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which methods of a jar can run, beginning with the entry points. A call of an object's method goes to every class that is made somewhere
 * and fits (rapid type analysis). What overrides a method of the platform or of a type outside the jar can be called by it. A class that is
 * used as a value, or named by a constant text, can be made and called in any way, and so can the records and beans that its fields and
 * methods name. Use once.
 */
final class Reach {
    private final Map<String, JarClass> classes;
    private final Platform platform = new Platform();
    private final Deque<Method> work = new ArrayDeque<>();
    private final Set<JarClass> initialised = new HashSet<>();
    private final Set<JarClass> made = new LinkedHashSet<>();
    private final Set<JarClass> bound = new HashSet<>();
    private final Map<String, Set<String>> called = new HashMap<>();

    /** By type: the classes that were made and are of it. */
    private final Map<JarClass, List<JarClass>> kinds = new HashMap<>();

    Reach(Map<String, JarClass> classes) {
        this.classes = classes;
    }

    /** Everything may happen to a class: constructors, methods, and what fills its fields.
     * @param name internal name; a class that is not in the jar is left alone */
    void everything(String name, Method from) {
        JarClass type = classes.get(name);
        if (type == null || !bound.add(type)) {
            return;
        }
        make(type, from);
        for (JarClass each : type.ancestry(classes)) {
            for (Method method : each.methods.values()) {
                reach(method, from);
            }
        }
        for (String mention : type.mentions) {
            JarClass filled = classes.get(mention);
            if (filled != null
                    && (filled.parent.equals("java/lang/Record")
                            || filled.methods.containsKey("<init>()V"))) {
                everything(mention, from);
            }
        }
    }

    /** What others may call from outside.
     * @param packages internal names with slashes */
    void exported(Collection<String> packages) {
        for (JarClass type : classes.values()) {
            int slash = type.name.lastIndexOf('/');
            if (packages.contains(slash < 0 ? "" : type.name.substring(0, slash))) {
                everything(type.name, null);
            }
        }
    }

    /** Follows all calls. */
    void run() {
        for (Method method = work.poll(); method != null; method = work.poll()) {
            for (Ref ref : method.refs) {
                follow(ref, method);
            }
        }
    }

    private void reach(Method method, Method from) {
        if (method.from == null) {
            method.from = from == null ? method : from;
            work.add(method);
            initialise(method.owner, method);
        }
    }

    private void follow(Ref ref, Method from) {
        JarClass owner = classes.get(ref.owner());
        if (owner == null) {
            return; // of the platform or the host: judged where it is called
        }
        switch (ref.use()) {
            case FIELD -> initialise(owner, from);
            case NEW -> make(owner, from);
            case CLASS -> everything(owner.name, from);
            case BOUND, LATER -> {
                initialise(owner, from);
                find(owner, ref.signature()).ifPresent(m -> reach(m, from));
            }
            case VIRTUAL -> {
                if (called.computeIfAbsent(owner.name, o -> new LinkedHashSet<>())
                        .add(ref.signature())) {
                    for (JarClass kind : kinds.getOrDefault(owner, List.of())) {
                        find(kind, ref.signature()).ifPresent(m -> reach(m, from));
                    }
                }
                find(owner, ref.signature())
                        .filter(m -> m.isStatic() || m.isPrivate())
                        .ifPresent(m -> reach(m, from));
            }
            default -> throw new IllegalStateException(ref.toString());
        }
    }

    private void initialise(JarClass type, Method from) {
        if (initialised.add(type)) {
            Method initialiser = type.methods.get("<clinit>()V");
            if (initialiser != null) {
                reach(initialiser, from);
            }
            for (JarClass each : type.ancestry(classes)) {
                initialise(each, from);
            }
        }
    }

    private void make(JarClass type, Method from) {
        if (!made.add(type)) {
            return;
        }
        initialise(type, from);
        List<JarClass> ancestry = type.ancestry(classes);
        Set<String> outside = new HashSet<>();
        for (JarClass each : ancestry) {
            kinds.computeIfAbsent(each, k -> new ArrayList<>()).add(type);
            for (String signature : called.getOrDefault(each.name, Set.of())) {
                find(type, signature).ifPresent(m -> reach(m, from));
            }
            each.supers.stream().filter(s -> !classes.containsKey(s)).forEach(outside::add);
        }
        outside.add("java/lang/Object");
        for (String supertype : outside) {
            Optional<Set<String>> methods = platform.methods(supertype);
            for (JarClass each : ancestry) {
                for (Method method : each.methods.values()) {
                    if (!method.isStatic()
                            && !method.signature.startsWith("<")
                            && (methods.isEmpty() || methods.get().contains(method.signature))) {
                        reach(method, from);
                    }
                }
            }
        }
    }

    /** The method that a call arrives at: of the class, of its superclasses, then of its interfaces. */
    private Optional<Method> find(JarClass type, String signature) {
        for (JarClass each = type; each != null; each = classes.get(each.parent)) {
            Method method = each.methods.get(signature);
            if (method != null) {
                return Optional.of(method);
            }
        }
        return type.ancestry(classes).stream()
                .map(each -> each.methods.get(signature))
                .filter(m -> m != null)
                .findFirst();
    }

    /** Where a call arrives, if there is one place only.
     * @return empty if that is not in the jar, or there are several */
    Optional<Method> target(Ref ref) {
        JarClass owner = classes.get(ref.owner());
        if (owner == null || ref.signature().isEmpty()) {
            return Optional.empty();
        }
        Optional<Method> found = find(owner, ref.signature());
        List<JarClass> of = kinds.getOrDefault(owner, List.of());
        if (ref.use() == Use.VIRTUAL && found.filter(Method::isPrivate).isEmpty()) {
            return of.size() == 1 ? find(of.get(0), ref.signature()) : Optional.empty();
        }
        return found;
    }

    /** Types outside the jar that a call of a method of the jar's class arrives at, because no class of the jar has it.
     * @return the owner itself if it is not in the jar; empty if the method is in the jar */
    List<String> outside(Ref ref) {
        JarClass owner = classes.get(ref.owner());
        if (owner == null) {
            return List.of(ref.owner());
        }
        if (ref.signature().isEmpty() || find(owner, ref.signature()).isPresent()) {
            return List.of();
        }
        List<String> types = new ArrayList<>();
        for (JarClass each : owner.ancestry(classes)) {
            each.supers.stream().filter(s -> !classes.containsKey(s)).forEach(types::add);
        }
        return types;
    }
}
