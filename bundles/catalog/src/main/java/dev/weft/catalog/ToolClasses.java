package dev.weft.catalog;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.protocol.SkillCard.ToolCard;
import dev.weft.protocol.Wire;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.objectweb.asm.AnnotationVisitor;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.FieldVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.RecordComponentVisitor;

/**
 * Reads skills and their {@code @Tool} methods out of class files, without loading them. Schemas are those of the signatures: close to
 * what the running skill will tell, and other as soon as a parameter is.
 */
final class ToolClasses {
    private static final int API = Opcodes.ASM9;
    private static final int FLAGS =
            ClassReader.SKIP_CODE | ClassReader.SKIP_FRAMES; // parameter names are not debug data
    private static final String SKILL = "Ldev/weft/skill/Skill;";
    private static final String CONFIRM = "Ldev/weft/skill/Confirm;";
    private static final String TOOL = "Ldev/langchain4j/agent/tool/Tool;";
    private static final String P = "Ldev/langchain4j/agent/tool/P;";

    private final Map<String, Type> types = new HashMap<>();

    /** A class: what it is called by, its tools, and its fields if it is a record or an enum. */
    private static final class Type {
        private String parent = "";
        private String skill = "";
        private boolean choices;
        private final List<Method> tools = new ArrayList<>();
        private final Map<String, String> fields = new LinkedHashMap<>();
    }

    /** A method. */
    private static final class Method {
        private final String name;
        private final String signature;
        private final List<String> names = new ArrayList<>();
        private final Map<Integer, Map<String, Object>> said = new HashMap<>();
        private Map<String, Object> tool;
        private boolean confirm;

        Method(String name, String signature) {
            this.name = name;
            this.signature = signature;
        }
    }

    /** Looks at a class; one that cannot be read is left out. */
    void read(byte[] bytes) {
        try {
            Type type = new Type();
            ClassReader reader = new ClassReader(bytes);
            reader.accept(new Visitor(type), FLAGS);
            types.put(reader.getClassName(), type);
        } catch (RuntimeException e) {
            // The scan says that it could not be read, and nothing is installed then.
            return;
        }
    }

    /** The tools of a skill, by name. */
    List<ToolCard> tools(String skill) {
        List<ToolCard> tools = new ArrayList<>();
        for (Type type : types.values()) {
            if (type.skill.equals(skill)) {
                for (Type at = type; at != null; at = types.get(at.parent)) {
                    at.tools.forEach(method -> tools.add(card(method)));
                }
            }
        }
        tools.sort(Comparator.comparing(ToolCard::name));
        return tools;
    }

    private ToolCard card(Method method) {
        String name = String.valueOf(method.tool.getOrDefault("name", ""));
        ObjectNode schema = Wire.object().put("type", "object");
        ObjectNode properties = schema.putObject("properties");
        ArrayNode required = Wire.object().putArray("required");
        List<String> parameters = Signatures.parameters(method.signature);
        for (int i = 0; i < parameters.size(); i++) {
            String type = parameters.get(i);
            if (!type.equals("Ldev/weft/skill/TaskContext;")) {
                parameter(method, i, type, properties, required);
            }
        }
        if (!required.isEmpty()) {
            schema.set("required", required);
        }
        return new ToolCard(
                name.isBlank() ? method.name : name,
                words(method.tool.get("value")),
                schema,
                null,
                method.confirm);
    }

    private void parameter(
            Method method, int index, String type, ObjectNode properties, ArrayNode required) {
        Map<String, Object> said = method.said.getOrDefault(index, Map.of());
        String own = index < method.names.size() ? method.names.get(index) : "arg" + index;
        String name = String.valueOf(said.getOrDefault("name", own));
        ObjectNode schema = schema(type, 0);
        String text =
                String.valueOf(said.getOrDefault("description", said.getOrDefault("value", "")));
        if (!text.isBlank()) {
            schema.put("description", text);
        }
        properties.set(name, schema);
        boolean free =
                type.startsWith("Ljava/util/Optional")
                        || Boolean.FALSE.equals(said.get("required"))
                        || said.containsKey("defaultValue");
        if (!free) {
            required.add(name);
        }
    }

    private static String words(Object value) {
        return value instanceof List<?> lines
                ? String.join("\n", lines.stream().map(String::valueOf).toList())
                : String.valueOf(value == null ? "" : value);
    }

    private ObjectNode schema(String type, int depth) {
        String inner = Signatures.argument(type);
        if (type.startsWith("Ljava/util/Optional") && !inner.isEmpty()) {
            return schema(inner, depth);
        }
        ObjectNode schema = Wire.object();
        String json = Signatures.json(type);
        if (!json.isEmpty()) {
            schema.put("type", json);
            if (json.equals("array")) {
                schema.set(
                        "items", schema(type.startsWith("[") ? type.substring(1) : inner, depth));
            }
            return schema;
        }
        Type known = types.get(Signatures.name(type));
        if (known == null || depth > 8) {
            return schema.put("title", Signatures.name(type));
        }
        if (known.choices) {
            schema.put("type", "string");
            known.fields.keySet().forEach(schema.putArray("enum")::add);
            return schema;
        }
        schema.put("type", "object");
        ObjectNode properties = schema.putObject("properties");
        known.fields.forEach((name, field) -> properties.set(name, schema(field, depth + 1)));
        return schema;
    }

    private static final class Visitor extends ClassVisitor {
        private final Type type;

        Visitor(Type type) {
            super(API);
            this.type = type;
        }

        @Override
        public void visit(
                int version,
                int access,
                String name,
                String signature,
                String parent,
                String[] of) {
            type.parent = String.valueOf(parent);
            type.choices = (access & Opcodes.ACC_ENUM) != 0;
        }

        @Override
        public AnnotationVisitor visitAnnotation(String descriptor, boolean visible) {
            return descriptor.equals(SKILL)
                    ? new Values(v -> type.skill = String.valueOf(v.get("id")))
                    : null;
        }

        @Override
        public FieldVisitor visitField(
                int access, String name, String descriptor, String signature, Object value) {
            if ((access & Opcodes.ACC_ENUM) != 0) {
                type.fields.put(name, descriptor);
            }
            return null;
        }

        @Override
        public RecordComponentVisitor visitRecordComponent(
                String name, String descriptor, String signature) {
            type.fields.put(name, signature == null ? descriptor : signature);
            return null;
        }

        @Override
        public MethodVisitor visitMethod(
                int access, String name, String descriptor, String signature, String[] thrown) {
            int hidden = Opcodes.ACC_BRIDGE | Opcodes.ACC_SYNTHETIC;
            return (access & hidden) != 0
                    ? null
                    : new ToolVisitor(
                            type, new Method(name, signature == null ? descriptor : signature));
        }
    }

    private static final class ToolVisitor extends MethodVisitor {
        private final Type type;
        private final Method method;

        ToolVisitor(Type type, Method method) {
            super(API);
            this.type = type;
            this.method = method;
        }

        @Override
        public void visitParameter(String name, int access) {
            method.names.add(name);
        }

        @Override
        public AnnotationVisitor visitAnnotation(String descriptor, boolean visible) {
            method.confirm |= descriptor.equals(CONFIRM);
            return descriptor.equals(TOOL) ? new Values(v -> method.tool = v) : null;
        }

        @Override
        public AnnotationVisitor visitParameterAnnotation(
                int parameter, String descriptor, boolean visible) {
            return descriptor.equals(P) ? new Values(v -> method.said.put(parameter, v)) : null;
        }

        @Override
        public void visitEnd() {
            if (method.tool != null) {
                type.tools.add(method);
            }
        }
    }

    /** Collects the values of an annotation; lists as lists. */
    private static final class Values extends AnnotationVisitor {
        private final Map<String, Object> values = new HashMap<>();
        private final Consumer<Map<String, Object>> then;

        Values(Consumer<Map<String, Object>> then) {
            super(API);
            this.then = then;
        }

        @Override
        public void visit(String name, Object value) {
            values.put(name, value);
        }

        @Override
        public AnnotationVisitor visitArray(String name) {
            List<Object> list = new ArrayList<>();
            values.put(name, list);
            return new AnnotationVisitor(API) {
                @Override
                public void visit(String none, Object value) {
                    list.add(value);
                }
            };
        }

        @Override
        public void visitEnd() {
            then.accept(values);
        }
    }
}
