package dev.weft.skill.repository.scan;

import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** What the classes of the Java platform declare: the methods of a skill's class that override one of these may be called by the platform. */
final class Platform {
    private static final int API = Opcodes.ASM9;

    private final Map<String, Optional<Set<String>>> known = new HashMap<>();

    /** All methods that a type declares or inherits.
     * @param type internal name
     * @return names with descriptors; empty if the type is not of the platform, so that nobody knows */
    Optional<Set<String>> methods(String type) {
        Optional<Set<String>> methods = known.get(type);
        if (methods == null) {
            known.put(type, Optional.of(Set.of())); // ends cycles
            methods = read(type);
            known.put(type, methods);
        }
        return methods;
    }

    /** Whether a name is one of the platform's kind, and the platform has no such class: a text that names what is not there. */
    boolean lacks(String type) {
        return (type.startsWith("java") || type.startsWith("sun/") || type.startsWith("com/sun/"))
                && ClassLoader.getPlatformClassLoader().getResource(type + ".class") == null;
    }

    private Optional<Set<String>> read(String type) {
        if (!type.startsWith("java")) {
            return Optional.empty();
        }
        try (InputStream in =
                ClassLoader.getPlatformClassLoader().getResourceAsStream(type + ".class")) {
            if (in == null) {
                return Optional.empty();
            }
            Set<String> methods = new HashSet<>();
            new ClassReader(in.readAllBytes())
                    .accept(
                            new Declared(methods),
                            ClassReader.SKIP_CODE
                                    | ClassReader.SKIP_DEBUG
                                    | ClassReader.SKIP_FRAMES);
            return Optional.of(methods);
        } catch (IOException | RuntimeException unreadable) {
            return Optional.empty();
        }
    }

    private final class Declared extends ClassVisitor {
        private final Set<String> methods;

        Declared(Set<String> methods) {
            super(API);
            this.methods = methods;
        }

        @Override
        public void visit(
                int version, int access, String name, String generic, String parent, String[] all) {
            if (parent != null) {
                methods(parent).ifPresent(methods::addAll);
            }
            for (String each : all) {
                methods(each).ifPresent(methods::addAll);
            }
        }

        @Override
        public MethodVisitor visitMethod(
                int access, String name, String descriptor, String generic, String[] exceptions) {
            if ((access & (Opcodes.ACC_STATIC | Opcodes.ACC_PRIVATE)) == 0) {
                methods.add(name + descriptor);
            }
            return null;
        }
    }
}
