package dev.weft.skill.repository.scan;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.objectweb.asm.Opcodes;

/** A class of the jar, as far as the scan needs it. Two entries of one class (a multi-release jar) are one here, with the code of both. */
final class JarClass {
    final String name;
    final Set<String> supers = new HashSet<>();
    final Map<String, Method> methods = new LinkedHashMap<>();

    /** Classes that its fields and methods name: what a library that fills objects would make too. */
    final Set<String> mentions = new HashSet<>();

    boolean skill;
    String parent = "java/lang/Object";
    private List<JarClass> own;

    JarClass(String name) {
        this.name = name;
    }

    /** Itself and the classes of the jar that it extends or implements.
     * @param classes all of the jar */
    List<JarClass> ancestry(Map<String, JarClass> classes) {
        if (own == null) {
            own = new ArrayList<>(List.of(this));
            for (int i = 0; i < own.size(); i++) {
                for (String each : own.get(i).supers) {
                    JarClass found = classes.get(each);
                    if (found != null && !own.contains(found)) {
                        own.add(found);
                    }
                }
            }
        }
        return own;
    }

    @Override
    public String toString() {
        return name.replace('/', '.');
    }

    /** A method or constructor. */
    static final class Method {
        final JarClass owner;
        final String signature;
        final int access;
        final Set<Ref> refs = new java.util.LinkedHashSet<>();

        /** Who made it reachable first; itself for an entry point, null while it is not reachable. */
        Method from;

        Method(JarClass owner, String signature, int access) {
            this.owner = owner;
            this.signature = signature;
            this.access = access;
        }

        boolean isStatic() {
            return (access & Opcodes.ACC_STATIC) != 0;
        }

        boolean isPrivate() {
            return (access & Opcodes.ACC_PRIVATE) != 0;
        }

        String name() {
            return signature.substring(0, signature.indexOf('('));
        }

        @Override
        public String toString() {
            return owner + "." + name();
        }
    }

    /** What an instruction names. */
    enum Use {
        /** A call whose target is known: static, constructor, private or super. */
        BOUND,
        /** As {@link #BOUND}, but made later: the body of a lambda. */
        LATER,
        /** A call that goes to whatever the object is. */
        VIRTUAL,
        /** An object is made. */
        NEW,
        /** A static field. */
        FIELD,
        /** A class as a value, also by its name in a text: something may be done to it by reflection. */
        CLASS
    }

    /**
     * One use; equal ones of a jar are one object.
     *
     * @param use how
     * @param owner internal name of a class
     * @param signature name and descriptor of a method, or ""
     */
    record Ref(Use use, String owner, String signature) {
        @Override
        public int hashCode() {
            return owner.hashCode() * 31 + signature.hashCode() + use.ordinal();
        }

        @Override
        public boolean equals(Object other) {
            return this == other
                    || other instanceof Ref ref
                            && use == ref.use
                            && owner.equals(ref.owner)
                            && signature.equals(ref.signature);
        }

        String name() {
            return signature.substring(0, signature.indexOf('('));
        }
    }
}
