package dev.weft.skill.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.model.output.structured.Description;
import dev.weft.skill.Skill;
import dev.weft.skill.SkillService;
import dev.weft.skill.TaskContext;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A skill with every kind of parameter and result. */
@Skill(id = "many", title = "Many types", description = "For tests")
public final class ManyTypes implements SkillService {
    /** A choice. */
    public enum Unit {
        BYTES,
        KIB
    }

    /** Something nested. */
    public record Filter(
            String name,
            Optional<Integer> depth,
            List<Long> sizes,
            @Description("which unit") Unit unit) {}

    /** Something that contains itself. */
    public record Tree(String label, List<Tree> children) {}

    /** A result. */
    public record Answer(
            Instant at, Duration took, Optional<String> note, Map<String, Integer> counts) {}

    @Tool("All scalars")
    public String scalars(
            @P("a text") String text,
            int count,
            long big,
            double ratio,
            boolean flag,
            char letter,
            Unit unit,
            byte[] data,
            Instant at,
            LocalDate day,
            Duration time,
            UUID id) {
        String bytes = new String(data, StandardCharsets.UTF_8);
        return String.join(
                ",",
                text,
                "" + count,
                "" + big,
                "" + ratio,
                "" + flag,
                "" + letter,
                "" + unit,
                bytes,
                "" + at,
                "" + day,
                "" + time,
                "" + id);
    }

    @Tool("Things that hold things")
    public List<Object> containers(
            List<String> list,
            int[] array,
            Set<Unit> set,
            Map<String, Double> map,
            Filter filter,
            Tree tree,
            JsonNode any) {
        return List.of(
                list.size(),
                array[0],
                set,
                map.get("a"),
                filter.sizes().get(0),
                tree.children().get(0).label(),
                any);
    }

    @Tool("May be left out")
    public String optional(
            Optional<String> text,
            OptionalInt count,
            @P(value = "a limit", required = false) int limit,
            @P(required = false) Integer boxed,
            @P(name = "color", defaultValue = "red") String colour,
            @P(defaultValue = "7") int seven) {
        return text.orElse("-") + count.orElse(-1) + limit + boxed + colour + seven;
    }

    @Tool(
            name = "who-am-i",
            value = {"Two", "lines"})
    public String who(TaskContext context) {
        return context.taskId() + " " + context.caller();
    }

    @Tool
    public Answer answer() {
        return new Answer(Instant.EPOCH, Duration.ofSeconds(90), Optional.empty(), Map.of("a", 1));
    }

    @Tool
    public void nothing() {}

    @Tool
    public Optional<String> perhaps() {
        return Optional.of("yes");
    }

    @Tool
    public CompletionStage<List<Integer>> later(boolean ever) {
        return ever
                ? CompletableFuture.supplyAsync(() -> List.of(1, 2))
                : new CompletableFuture<>();
    }

    @Tool
    public String loader() {
        return String.valueOf(
                Thread.currentThread().getContextClassLoader() == ManyTypes.class.getClassLoader());
    }

    @Tool
    public String fails(String how) throws Throwable {
        throw switch (how) {
            case "quietly" -> new IllegalStateException();
            case "loudly" -> new java.io.IOException("the disk\nis on fire");
            case "link" -> new NoClassDefFoundError("com/acme/Gone");
            case "interrupted" -> new InterruptedException();
            default -> new IllegalArgumentException("unknown way " + how);
        };
    }
}
