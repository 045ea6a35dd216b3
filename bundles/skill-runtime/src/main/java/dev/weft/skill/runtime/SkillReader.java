package dev.weft.skill.runtime;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.langchain4j.agent.tool.Tool;
import dev.weft.api.task.TaskException;
import dev.weft.protocol.SkillCard;
import dev.weft.protocol.SkillCard.ToolCard;
import dev.weft.protocol.Wire;
import dev.weft.skill.Confirm;
import dev.weft.skill.DynamicSkill;
import dev.weft.skill.Skill;
import dev.weft.skill.SkillService;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Reads a skill off its service object: its card, and its methods ready to be called. */
final class SkillReader {
    /** What chat models accept as the name of a function, too. */
    static final Pattern TOOL_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]{0,63}");

    private static final List<String> PERMISSIONS =
            List.of(Skill.NET, Skill.FILES, Skill.EXEC, Skill.LLM, Skill.SECRETS, Skill.DYNAMIC);

    private SkillReader() {}

    /** What a service offers.
     * @param card what others see of it
     * @param tools by name */
    record Offer(SkillCard card, Map<String, ToolMethod> tools) {
        /** Finds a tool.
         * @param name "" for the only one
         * @throws TaskException code {@code unknown_tool} */
        ToolMethod tool(String name) {
            if (name.isEmpty()) {
                if (tools.size() > 1) {
                    throw new TaskException(
                            "unknown_tool",
                            "skill "
                                    + card.id()
                                    + " has several tools, name one: "
                                    + names(card.id() + "."));
                }
                return tools.values().iterator().next();
            }
            ToolMethod tool = tools.get(name);
            if (tool == null) {
                throw new TaskException(
                        "unknown_tool",
                        "skill "
                                + card.id()
                                + " has no tool "
                                + Wire.quote(name)
                                + ", it has "
                                + names(""));
            }
            return tool;
        }

        private String names(String prefix) {
            return String.join(", ", tools.keySet().stream().map(tool -> prefix + tool).toList());
        }
    }

    /** Reads a service.
     * @param version version of its bundle
     * @throws SkillRefused with the reason, for the author of the skill */
    static Offer read(SkillService service, String version) throws SkillRefused {
        Class<?> type = service.getClass();
        try {
            Skill skill = annotation(type);
            if (!SkillCard.isId(skill.id())) {
                throw new SkillRefused(
                        "@Skill(id = \""
                                + skill.id()
                                + "\") must have 1 to 64 characters [a-z0-9][a-z0-9._-]*");
            }
            Map<String, ToolMethod> tools =
                    service instanceof DynamicSkill dynamic
                            ? DynamicTools.read(skill.id(), dynamic)
                            : tools(skill.id(), service);
            List<ToolCard> cards = tools.values().stream().map(ToolMethod::card).toList();
            return new Offer(
                    new SkillCard(
                            skill.id(),
                            version,
                            skill.title(),
                            skill.description(),
                            cards,
                            permissions(skill),
                            ""),
                    tools);
        } catch (LinkageError e) {
            throw new SkillRefused(
                    "a class that " + type.getName() + " names is not there: " + e, e);
        }
    }

    private static Skill annotation(Class<?> type) throws SkillRefused {
        for (Class<?> at = type; at != null; at = at.getSuperclass()) {
            Skill skill = at.getAnnotation(Skill.class);
            if (skill != null) {
                return skill;
            }
        }
        throw new SkillRefused("class " + type.getName() + " has no @Skill annotation");
    }

    private static List<String> permissions(Skill skill) throws SkillRefused {
        List<String> all = Arrays.stream(skill.permissions()).distinct().sorted().toList();
        if (!PERMISSIONS.containsAll(all)) {
            throw new SkillRefused(
                    "@Skill(permissions = "
                            + all
                            + ") names what no host knows; there are "
                            + String.join(", ", PERMISSIONS));
        }
        return all;
    }

    private static Map<String, ToolMethod> tools(String id, SkillService service)
            throws SkillRefused {
        Class<?> type = service.getClass();
        for (Method method : type.getDeclaredMethods()) {
            if (method.isAnnotationPresent(Tool.class)
                    && !Modifier.isPublic(method.getModifiers())) {
                throw new SkillRefused("@Tool method " + method.getName() + " must be public");
            }
        }
        Map<String, ToolMethod> tools = new TreeMap<>();
        ObjectMapper mapper = SkillJson.mapper(type.getClassLoader());
        for (Method method : toolMethods(type)) {
            ToolMethod tool = tool(id, service, method, mapper);
            if (tools.put(tool.card().name(), tool) != null) {
                throw new SkillRefused(
                        "two @Tool methods are called "
                                + tool.card().name()
                                + ": give one another name with @Tool(name = …)");
            }
        }
        if (tools.isEmpty()) {
            throw new SkillRefused("class " + type.getName() + " has no public @Tool method");
        }
        return Collections.unmodifiableMap(tools);
    }

    private static Collection<Method> toolMethods(Class<?> type) {
        return Arrays.stream(type.getMethods())
                .filter(method -> method.isAnnotationPresent(Tool.class) && !method.isBridge())
                .toList();
    }

    private static ToolMethod tool(
            String id, SkillService service, Method method, ObjectMapper mapper)
            throws SkillRefused {
        Tool tool = method.getAnnotation(Tool.class);
        String name = tool.name().isBlank() ? method.getName() : tool.name();
        if (!TOOL_NAME.matcher(name).matches()) {
            throw new SkillRefused(
                    "tool name \""
                            + name
                            + "\" must have 1 to 64 letters, digits, _ or -, and begin with a letter");
        }
        List<Parameter> parameters = new ArrayList<>();
        for (java.lang.reflect.Parameter parameter : method.getParameters()) {
            parameters.add(ParameterReader.read(parameter, name, mapper));
        }
        ResultReader.Result result = ResultReader.read(method, mapper);
        ToolCard card =
                new ToolCard(
                        name,
                        String.join("\n", tool.value()),
                        ParameterReader.schema(parameters, name),
                        result.schema(),
                        method.isAnnotationPresent(Confirm.class));
        return new ToolMethod(
                id + "." + name,
                card,
                handle(service, method),
                List.copyOf(parameters),
                result.kind(),
                mapper,
                service.getClass().getClassLoader());
    }

    private static MethodHandle handle(SkillService service, Method method) throws SkillRefused {
        try {
            // The class is public for SCR's sake, but its package is not exported and a test's
            // class may be nested.
            method.setAccessible(true);
            MethodHandle handle = MethodHandles.lookup().unreflect(method);
            MethodHandle bound =
                    Modifier.isStatic(method.getModifiers()) ? handle : handle.bindTo(service);
            return bound.asFixedArity()
                    .asSpreader(Object[].class, method.getParameterCount())
                    .asType(MethodType.methodType(Object.class, Object[].class));
        } catch (IllegalAccessException | RuntimeException e) {
            throw new SkillRefused(
                    "@Tool method " + method.getName() + " cannot be called: " + e.getMessage(), e);
        }
    }
}
