package dev.weft.skill.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.weft.protocol.SkillCard;
import dev.weft.skill.SkillService;
import dev.weft.skill.runtime.BareSkill;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/** A skill in a test, called as a peer would call it: arguments and results as JSON. Used by one thread. */
public final class SkillHarness {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final ObjectMapper json =
            JsonMapper.builder()
                    .addModules(new Jdk8Module(), new JavaTimeModule())
                    .disable(
                            SerializationFeature.WRITE_DATES_AS_TIMESTAMPS,
                            SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
                    .build();
    private final BareSkill skill;
    private final Duration limit;
    private final Queue<String> answers = new ArrayDeque<>();
    private TestContext last = new TestContext(LIMIT, new ArrayDeque<>());

    private SkillHarness(BareSkill skill, Duration limit) {
        this.skill = skill;
        this.limit = limit;
    }

    /** Takes a skill.
     * @param skill the object, made by the test
     * @return a harness around it
     * @throws IllegalArgumentException if a host would refuse the skill; says why */
    public static SkillHarness of(SkillService skill) {
        return new SkillHarness(BareSkill.of(skill), LIMIT);
    }

    /** Gives calls another deadline than 30 s.
     * @param time how long a call may take
     * @return a harness around the same skill */
    public SkillHarness within(Duration time) {
        return new SkillHarness(skill, time);
    }

    /** Answers what the skill will ask a human.
     * @param texts one answer a question, in their order
     * @return this */
    public SkillHarness answering(String... texts) {
        answers.addAll(List.of(texts));
        return this;
    }

    /** What hosts, models and people see of the skill.
     * @return id, texts, permissions, tools with their schemas */
    public SkillCard card() {
        return skill.card();
    }

    /** Calls a tool on this thread.
     * @param tool its name; "" if the skill has only one
     * @param arguments by name; anything Jackson can write
     * @return the result as the caller gets it
     * @throws dev.weft.api.task.TaskException as a caller would get it: codes {@code unknown_tool}, {@code bad_arguments},
     *     {@code skill_failed}, {@code deadline_exceeded} */
    public JsonNode call(String tool, Map<String, ?> arguments) {
        last = new TestContext(limit, answers);
        try {
            return skill.call(tool, json.valueToTree(arguments), last);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the call was interrupted", e);
        }
    }

    /** What the last call sent ahead, in order.
     * @return pieces; empty if none */
    public List<String> emitted() {
        return last.emitted();
    }

    /** How far the last call said it was.
     * @return 0 to 1 */
    public double progress() {
        return last.progress();
    }
}
