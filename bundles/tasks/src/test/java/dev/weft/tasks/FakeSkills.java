package dev.weft.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.skill.Skills;
import dev.weft.api.task.TaskException;
import dev.weft.protocol.SkillCard;
import dev.weft.protocol.Wire;
import dev.weft.skill.TaskContext;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Skills made of lambdas; each has one tool called {@code run} that takes a string {@code text}. */
final class FakeSkills implements Skills {
    interface Body {
        JsonNode run(JsonNode input, TaskContext context) throws Exception;
    }

    final AtomicInteger leases = new AtomicInteger();
    private final Map<String, Body> bodies = new TreeMap<>();
    private String missing = "";
    private final Set<String> left = new HashSet<>();
    private final Set<String> confirmed = new HashSet<>();
    private String words = "";

    synchronized FakeSkills with(String id, Body body) {
        bodies.put(id, body);
        return this;
    }

    synchronized void without(String id) {
        bodies.remove(id);
        left.add(id);
    }

    /** The next call finds the skill away, the one after that finds it back. */
    synchronized void missOnce(String id) {
        missing = id;
    }

    @Override
    public synchronized boolean wasHere(String id) {
        return bodies.containsKey(id) || left.contains(id);
    }

    /** An update that says other things of every tool. */
    synchronized void describe(String description) {
        words = description;
    }

    synchronized FakeSkills confirm(String id) {
        confirmed.add(id);
        return this;
    }

    @Override
    public synchronized List<SkillCard> installed() {
        JsonNode schema =
                Wire.tree(
                        "{\"type\":\"object\",\"properties\":{\"text\":{\"type\":\"string\"},\"n\":{\"type\":\"integer\"}}}");
        return bodies.keySet().stream()
                .map(
                        id ->
                                new SkillCard(
                                        id,
                                        "1.0.0",
                                        id,
                                        "",
                                        List.of(new SkillCard.ToolCard("run", words, schema))))
                .toList();
    }

    @Override
    public synchronized Call prepare(String reference, JsonNode input) {
        String id =
                bodies.containsKey(reference) || reference.indexOf('.') < 0
                        ? reference
                        : reference.substring(0, reference.lastIndexOf('.'));
        Body body = id.equals(missing) ? null : bodies.get(id);
        missing = "";
        if (body == null) {
            throw new TaskException("unknown_skill", "no skill " + reference);
        }
        if (!id.equals(reference) && !reference.endsWith(".run")) {
            throw new TaskException("unknown_tool", "no tool " + reference);
        }
        if (input.has("bad")) {
            throw new TaskException("bad_arguments", "bad: not expected");
        }
        leases.incrementAndGet();
        return new Call() {
            @Override
            public String skill() {
                return id;
            }

            @Override
            public String tool() {
                return "run";
            }

            @Override
            public boolean confirm() {
                return confirmed.contains(id);
            }

            @Override
            public JsonNode run(TaskContext context) throws InterruptedException {
                try {
                    return body.run(input, context);
                } catch (InterruptedException | RuntimeException e) {
                    throw e;
                } catch (Exception e) {
                    throw new TaskException("skill_failed", String.valueOf(e.getMessage()), e);
                }
            }

            @Override
            public void close() {
                leases.decrementAndGet();
            }
        };
    }
}
