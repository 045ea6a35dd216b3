package dev.weft.skill.repository.scan;

import dev.weft.skill.repository.scan.JarClass.Method;
import dev.weft.skill.repository.scan.JarClass.Ref;
import dev.weft.skill.repository.scan.JarClass.Use;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.objectweb.asm.AnnotationVisitor;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ConstantDynamic;
import org.objectweb.asm.FieldVisitor;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.RecordComponentVisitor;
import org.objectweb.asm.Type;

/** Reads the classes of a jar, each once: who calls what, and the texts that a model will read. Not thread-safe. */
final class ClassReading {
    private static final int API = Opcodes.ASM9;
    private static final int MAX_NAME = 200;
    private static final String SKILL = "Ldev/weft/skill/Skill;";

    final Map<String, JarClass> classes = new LinkedHashMap<>();

    /** What the {@code @Skill} annotations say. */
    final List<Map<String, Object>> skills = new ArrayList<>();

    private final Findings findings;
    private final Map<Ref, Ref> refs = new HashMap<>();
    private JarClass current;

    ClassReading(Findings findings) {
        this.findings = findings;
    }

    void read(String entry, byte[] code) throws NotScanned {
        try {
            new ClassReader(code)
                    .accept(new Classes(), ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
        } catch (RuntimeException e) { // ASM throws whatever the bytes lead to
            throw new NotScanned("class " + entry + " cannot be read: " + e.getMessage());
        }
    }

    /** Classes named in a descriptor or generic signature. */
    private void mention(String text) {
        if (text == null) {
            return;
        }
        for (int i = text.indexOf('L'); i >= 0 && i < text.length(); i = text.indexOf('L', i)) {
            int end = i + 1;
            while (end < text.length() && ";<:".indexOf(text.charAt(end)) < 0) {
                end++;
            }
            current.mentions.add(text.substring(i + 1, end));
            i = end;
        }
    }

    private final class Classes extends ClassVisitor {
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
            current = classes.computeIfAbsent(name, JarClass::new);
            if (parent != null) {
                current.parent = parent;
                current.supers.add(parent);
            }
            current.supers.addAll(List.of(interfaces));
        }

        @Override
        public AnnotationVisitor visitAnnotation(String descriptor, boolean visible) {
            if (descriptor.equals(SKILL)) {
                current.skill = true;
                Map<String, Object> values = new LinkedHashMap<>();
                skills.add(values);
                return new Words("the skill of " + current, values);
            }
            return words(descriptor, "an annotation of " + current);
        }

        @Override
        public FieldVisitor visitField(
                int access, String name, String descriptor, String generic, Object value) {
            mention(descriptor);
            mention(generic);
            String where = "an annotation of " + current + "." + name;
            return new FieldVisitor(API) {
                @Override
                public AnnotationVisitor visitAnnotation(String type, boolean visible) {
                    return words(type, where);
                }
            };
        }

        @Override
        public RecordComponentVisitor visitRecordComponent(
                String name, String descriptor, String generic) {
            String where = "an annotation of " + current + "." + name;
            return new RecordComponentVisitor(API) {
                @Override
                public AnnotationVisitor visitAnnotation(String type, boolean visible) {
                    return words(type, where);
                }
            };
        }

        @Override
        public MethodVisitor visitMethod(
                int access, String name, String descriptor, String generic, String[] exceptions) {
            if ((access & Opcodes.ACC_NATIVE) != 0) {
                findings.high("native-method", current + "." + name + " is machine code");
            }
            mention(descriptor);
            mention(generic);
            Method method =
                    current.methods.computeIfAbsent(
                            name + descriptor, s -> new Method(current, s, access));
            return new Code(method);
        }
    }

    private final class Code extends MethodVisitor {
        private final Method method;
        private String text;

        Code(Method method) {
            super(API);
            this.method = method;
        }

        private void use(Use use, String owner, String signature) {
            Ref ref = new Ref(use, owner, signature);
            Ref known = refs.putIfAbsent(ref, ref);
            method.refs.add(known == null ? ref : known);
        }

        @Override
        public void visitMethodInsn(
                int opcode, String owner, String name, String descriptor, boolean isInterface) {
            boolean bound = opcode == Opcodes.INVOKESTATIC || opcode == Opcodes.INVOKESPECIAL;
            boolean array = owner.startsWith("[");
            if (!array) {
                use(bound ? Use.BOUND : Use.VIRTUAL, owner, name + descriptor);
                if (Rules.namesClass(owner, name)) {
                    if (text == null) {
                        use(Use.BOUND, Rules.UNKNOWN_CLASS, "?()");
                    } else {
                        use(Use.CLASS, text.replace('.', '/'), "");
                    }
                }
            }
            text = null;
        }

        @Override
        public void visitInvokeDynamicInsn(
                String name, String descriptor, Handle bootstrap, Object... arguments) {
            handle(bootstrap);
            for (Object argument : arguments) {
                constant(argument);
            }
            text = null;
        }

        private void constant(Object value) {
            if (value instanceof Handle handle) {
                handle(handle);
            } else if (value instanceof ConstantDynamic dynamic) {
                handle(dynamic.getBootstrapMethod());
                for (int i = 0; i < dynamic.getBootstrapMethodArgumentCount(); i++) {
                    constant(dynamic.getBootstrapMethodArgument(i));
                }
            } else if (value instanceof Type type && type.getSort() == Type.OBJECT) {
                use(Use.CLASS, type.getInternalName(), "");
            } else if (value instanceof String string && isClassName(string)) {
                use(Use.CLASS, string.replace('.', '/'), "");
            }
        }

        private void handle(Handle handle) {
            if (handle.getTag() <= Opcodes.H_PUTSTATIC) {
                use(Use.FIELD, handle.getOwner(), "");
                return;
            }
            boolean virtual =
                    handle.getTag() == Opcodes.H_INVOKEVIRTUAL
                            || handle.getTag() == Opcodes.H_INVOKEINTERFACE;
            if (handle.getTag() == Opcodes.H_NEWINVOKESPECIAL) {
                use(Use.NEW, handle.getOwner(), "");
            }
            use(
                    virtual ? Use.VIRTUAL : Use.LATER,
                    handle.getOwner(),
                    handle.getName() + handle.getDesc());
        }

        @Override
        public void visitTypeInsn(int opcode, String type) {
            if (opcode == Opcodes.NEW) {
                use(Use.NEW, type, "");
            }
            text = null;
        }

        @Override
        public void visitFieldInsn(int opcode, String owner, String name, String descriptor) {
            if (opcode == Opcodes.GETSTATIC || opcode == Opcodes.PUTSTATIC) {
                use(Use.FIELD, owner, "");
            }
            text = null;
        }

        @Override
        public void visitLdcInsn(Object value) {
            constant(value);
            text = value instanceof String string ? string : null;
        }

        @Override
        public void visitVarInsn(int opcode, int variable) {
            text = null;
        }

        @Override
        public void visitInsn(int opcode) {
            if (opcode != Opcodes.ICONST_0 && opcode != Opcodes.ICONST_1) {
                text = null; // forName(name, initialise, loader) has a flag between
            }
        }

        @Override
        public void visitLabel(Label label) {
            text = null;
        }

        @Override
        public AnnotationVisitor visitAnnotation(String descriptor, boolean visible) {
            if (descriptor.equals("Ldev/langchain4j/agent/tool/Tool;")) {
                Texts.check("the name of tool " + method, method.name(), findings);
            }
            return words(descriptor, "the description of " + method);
        }

        @Override
        public AnnotationVisitor visitParameterAnnotation(
                int parameter, String descriptor, boolean visible) {
            return words(descriptor, "a parameter of " + method);
        }
    }

    private static boolean isClassName(String text) {
        if (text.length() < 3
                || text.length() > MAX_NAME
                || text.indexOf('.') + text.indexOf('/') < 0) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Character.isJavaIdentifierPart(c) && c != '.' && c != '/') {
                return false;
            }
        }
        return true;
    }

    private AnnotationVisitor words(String descriptor, String where) {
        boolean read =
                descriptor.startsWith("Ldev/weft/")
                        || descriptor.startsWith("Ldev/langchain4j/")
                        || descriptor.startsWith("Lcom/fasterxml/jackson/annotation/");
        return new Words(read ? where : null, null);
    }

    /** Reads the values of an annotation: texts that a model sees are checked, and kept where they are wanted. */
    private final class Words extends AnnotationVisitor {
        private final String where;
        private final Map<String, Object> values;
        private Set<String> list;

        Words(String where, Map<String, Object> values) {
            super(API);
            this.where = where;
            this.values = values;
        }

        @Override
        public void visit(String name, Object value) {
            if (value instanceof Type type) {
                mention(type.getDescriptor());
            } else if (where != null && value instanceof String text) {
                Texts.check(where, text, findings);
                if (list != null) {
                    list.add(text);
                } else if (values != null) {
                    values.put(name, text);
                }
            }
        }

        @Override
        public AnnotationVisitor visitAnnotation(String name, String descriptor) {
            return new Words(where, null);
        }

        @Override
        public AnnotationVisitor visitArray(String name) {
            Words array = new Words(where, null);
            if (values != null) {
                array.list = new TreeSet<>();
                values.put(name, array.list);
            }
            return array;
        }
    }
}
