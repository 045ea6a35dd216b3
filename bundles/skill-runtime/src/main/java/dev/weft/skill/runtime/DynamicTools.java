package dev.weft.skill.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.protocol.SkillCard.ToolCard;
import dev.weft.skill.DynamicSkill;
import dev.weft.skill.DynamicSkill.DynamicCall;
import dev.weft.skill.DynamicSkill.DynamicTool;
import dev.weft.skill.TaskContext;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads the tools of a skill that makes them while it runs. */
final class DynamicTools {
    private DynamicTools() {}

    static Map<String, ToolMethod> read(String id, DynamicSkill skill) throws SkillRefused {
        ClassLoader loader = skill.getClass().getClassLoader();
        ObjectMapper mapper = SkillJson.mapper(loader);
        Map<String, ToolMethod> tools = new TreeMap<>();
        for (DynamicTool tool : skill.tools()) {
            if (!SkillReader.TOOL_NAME.matcher(tool.name()).matches()) {
                throw new SkillRefused(
                        "tool name \""
                                + tool.name()
                                + "\" must have 1 to 64 letters, digits, _ or -, and begin with a letter");
            }
            ToolMethod method =
                    new ToolMethod(
                            id + "." + tool.name(),
                            new ToolCard(tool.name(), tool.description(), tool.schema()),
                            handle(tool.call()),
                            List.of(Parameter.INPUT, Parameter.CONTEXT),
                            ResultReader.Kind.VALUE,
                            mapper,
                            loader);
            if (tools.put(tool.name(), method) != null) {
                throw new SkillRefused("two tools are called " + tool.name());
            }
        }
        if (tools.isEmpty()) {
            throw new SkillRefused("class " + skill.getClass().getName() + " has no tool");
        }
        return Collections.unmodifiableMap(tools);
    }

    private static MethodHandle handle(DynamicCall call) throws SkillRefused {
        try {
            return MethodHandles.lookup()
                    .findVirtual(
                            DynamicCall.class,
                            "run",
                            MethodType.methodType(
                                    JsonNode.class, ObjectNode.class, TaskContext.class))
                    .bindTo(call)
                    .asSpreader(Object[].class, 2)
                    .asType(MethodType.methodType(Object.class, Object[].class));
        } catch (ReflectiveOperationException e) {
            throw new SkillRefused("a tool cannot be called: " + e.getMessage(), e);
        }
    }
}
