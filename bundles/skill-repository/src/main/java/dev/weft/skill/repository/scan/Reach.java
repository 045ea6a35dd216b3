package dev.weft.skill.repository.scan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.objectweb.asm.AnnotationVisitor;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.Handle;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/** What the bytecode of a jar names: classes, methods, and the texts of its annotations. */
final class Reach {
    private static final int API = Opcodes.ASM9;

    private final Findings findings;
    private final Map<String, String> permissions = new LinkedHashMap<>();
    private final List<Map<String, Object>> skills = new ArrayList<>();

    Reach(Findings findings) {
        this.findings = findings;
    }

    /** Permissions that the code needs, each with the first place. */
    Map<String, String> permissions() {
        return permissions;
    }

    /** What the {@code @Skill} annotations say. */
    List<Map<String, Object>> skills() {
        return skills;
    }

    void read(String name, byte[] code) throws NotScanned {
        try {
            new ClassReader(code)
                    .accept(new Classes(), ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
        } catch (RuntimeException e) { // ASM throws whatever the bytes lead to
            throw new NotScanned("class " + name + " cannot be read: " + e.getMessage());
        }
    }

    private void type(String type, String where) {
        Rules.permission(type).ifPresent(p -> permissions.putIfAbsent(p, where + " uses " + type));
        if (Rules.forbiddenClass(type)) {
            findings.high("forbidden-class", where + " uses " + type + ", which no skill needs");
        }
    }

    private void types(String descriptor, String where) {
        Type type = Type.getType(descriptor);
        if (type.getSort() == Type.METHOD) {
            for (Type argument : type.getArgumentTypes()) {
                types(argument.getDescriptor(), where);
            }
            types(type.getReturnType().getDescriptor(), where);
        } else {
            while (type.getSort() == Type.ARRAY) {
                type = type.getElementType();
            }
            if (type.getSort() == Type.OBJECT) {
                type(type.getInternalName(), where);
            }
        }
    }

    private void method(String owner, String name, String where, boolean initialiser) {
        String method = owner + "." + name;
        type(owner, where);
        Rules.permissionOfMethod(method)
                .ifPresent(p -> permissions.putIfAbsent(p, where + " calls " + method));
        Rules.forbiddenMethod(method)
                .ifPresent(
                        why ->
                                findings.high(
                                        "forbidden-call",
                                        where + " calls " + method + ", which " + why));
        if (Rules.reflection(method)) {
            findings.medium(
                    "reflection",
                    where + " calls " + method + ": what it reaches cannot be seen beforehand");
        }
        boolean starts =
                owner.equals("java/lang/Thread") && name.equals("start")
                        || owner.equals("java/util/concurrent/Executors")
                        || owner.equals("java/util/Timer");
        if (initialiser && starts) {
            findings.high(
                    "thread-at-load", where + " starts threads as soon as the class is loaded");
        }
    }

    private final class Classes extends ClassVisitor {
        private String self;

        Classes() {
            super(API);
        }

        @Override
        public void visit(
                int version,
                int access,
                String name,
                String generic,
                String parent,
                String[] interfaces) {
            self = name;
            if (parent != null) {
                if (parent.equals("java/lang/ClassLoader")) {
                    findings.high(
                            "forbidden-class", name + " is a class loader, which no skill needs");
                }
                type(parent, name);
            }
            for (String each : interfaces) {
                type(each, name);
            }
        }

        @Override
        public AnnotationVisitor visitAnnotation(String descriptor, boolean visible) {
            if (!descriptor.equals("Ldev/weft/skill/Skill;")) {
                return new Words("an annotation of " + self, Map.of());
            }
            Map<String, Object> values = new LinkedHashMap<>();
            skills.add(values);
            return new Words("the skill of " + self, values);
        }

        @Override
        public org.objectweb.asm.FieldVisitor visitField(
                int access, String name, String descriptor, String generic, Object value) {
            types(descriptor, self);
            return null;
        }

        @Override
        public MethodVisitor visitMethod(
                int access, String name, String descriptor, String generic, String[] exceptions) {
            if ((access & Opcodes.ACC_NATIVE) != 0) {
                findings.high("native-method", self + "." + name + " is machine code");
            }
            String where = self.replace('/', '.') + "." + name;
            types(descriptor, where);
            return new Methods(where, name.equals("<clinit>"));
        }
    }

    private final class Methods extends MethodVisitor {
        private final String where;
        private final boolean initialiser;

        Methods(String where, boolean initialiser) {
            super(API);
            this.where = where;
            this.initialiser = initialiser;
        }

        @Override
        public void visitMethodInsn(
                int opcode, String owner, String name, String descriptor, boolean isInterface) {
            method(owner, name, where, initialiser);
            types(descriptor, where);
        }

        @Override
        public void visitInvokeDynamicInsn(
                String name, String descriptor, Handle bootstrap, Object... arguments) {
            for (Object argument : arguments) {
                if (argument instanceof Handle handle) {
                    method(handle.getOwner(), handle.getName(), where, initialiser);
                }
            }
        }

        @Override
        public void visitTypeInsn(int opcode, String type) {
            types(Type.getObjectType(type).getDescriptor(), where);
        }

        @Override
        public void visitFieldInsn(int opcode, String owner, String name, String descriptor) {
            type(owner, where);
            types(descriptor, where);
        }

        @Override
        public void visitLdcInsn(Object value) {
            if (value instanceof Type type) {
                types(type.getDescriptor(), where);
            }
        }

        @Override
        public AnnotationVisitor visitAnnotation(String descriptor, boolean visible) {
            return new Words("the description of " + where, Map.of());
        }

        @Override
        public AnnotationVisitor visitParameterAnnotation(
                int parameter, String descriptor, boolean visible) {
            return new Words("a parameter of " + where, Map.of());
        }
    }

    /** Reads the values of an annotation: texts are checked, and kept where they are wanted. */
    private final class Words extends AnnotationVisitor {
        private final String where;
        private final Map<String, Object> values;

        Words(String where, Map<String, Object> values) {
            super(API);
            this.where = where;
            this.values = values;
        }

        @Override
        public void visit(String name, Object value) {
            if (value instanceof String text) {
                Texts.check(where, text, findings);
                if (values instanceof LinkedHashMap) {
                    values.put(name, text);
                }
            }
        }

        @Override
        public AnnotationVisitor visitArray(String name) {
            TreeSet<String> list = new TreeSet<>();
            if (values instanceof LinkedHashMap) {
                values.put(name, list);
            }
            return new AnnotationVisitor(API) {
                @Override
                public void visit(String unnamed, Object value) {
                    if (value instanceof String text) {
                        Texts.check(where, text, findings);
                        list.add(text);
                    }
                }
            };
        }
    }
}
