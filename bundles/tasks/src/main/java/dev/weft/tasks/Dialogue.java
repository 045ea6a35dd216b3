package dev.weft.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.task.TaskException;
import dev.weft.api.task.TaskQuestion;
import dev.weft.protocol.Wire;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What one task asked people, and what they said. A task that is begun again gets the answers it had, in order. Thread-safe. */
final class Dialogue {
    static final int MAX_TEXT = 4000;

    /** One question and its answer. */
    record Said(String question, String answer) {}

    private final List<Said> said = new ArrayList<>();
    private String approved;
    private String shown;
    private int heard;
    private CompletableFuture<String> waiting;

    Dialogue(List<Said> said, String shown, String approved) {
        this.said.addAll(said);
        this.shown = shown;
        this.approved = approved;
    }

    synchronized List<Said> said() {
        return List.copyOf(said);
    }

    synchronized String shown() {
        return shown;
    }

    synchronized String approved() {
        return approved;
    }

    /** The method is called from its beginning. */
    synchronized void rewind() {
        heard = 0;
    }

    /** The answer that this question got before, if the task asks the same things again. */
    synchronized Optional<String> replay(String question) {
        if (heard < said.size() && said.get(heard).question().equals(question)) {
            return Optional.of(said.get(heard++).answer());
        }
        while (said.size() > heard) {
            said.remove(said.size() - 1); // it went another way this time
        }
        return Optional.empty();
    }

    /** Waits for the answer to a new question. */
    synchronized CompletableFuture<String> expect() {
        waiting = new CompletableFuture<>();
        return waiting;
    }

    /** Takes an answer.
     * @return who waits for it; empty if the task must be begun again to hear it */
    synchronized Optional<CompletableFuture<String>> answered(
            TaskQuestion question, String answer) {
        said.add(new Said(question.text(), answer));
        CompletableFuture<String> listener = waiting;
        waiting = null;
        if (listener != null) {
            heard = said.size();
        }
        return Optional.ofNullable(listener);
    }

    /** A person is asked to approve a call.
     * @param digest of what the person is shown */
    synchronized void show(String digest) {
        shown = digest;
    }

    /** The person approves what was shown, and nothing else. */
    synchronized void approve() {
        approved = shown;
    }

    /** A question that has an answer in text, or one of some choices. */
    static TaskQuestion question(String text, String... choices) {
        ObjectNode schema = Wire.object().put("type", "string");
        if (choices.length > 0) {
            var possible = schema.putArray("enum");
            for (String choice : choices) {
                possible.add(choice);
            }
        }
        String words = text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) + "…" : text;
        return new TaskQuestion(words, schema, null);
    }

    /** Checks an answer.
     * @throws TaskException code {@code bad_answer} */
    static void check(TaskQuestion question, String answer) {
        if (answer.length() > MAX_TEXT) {
            throw new TaskException(
                    "bad_answer", "an answer has at most " + MAX_TEXT + " characters");
        }
        JsonNode choices = question.schema().path("enum");
        if (choices.isArray()) {
            for (JsonNode choice : choices) {
                if (choice.asText().equals(answer)) {
                    return;
                }
            }
            throw new TaskException(
                    "bad_answer", "the answer must be one of " + choices + ", got " + answer);
        }
    }

    /** What an approval is bound to: other arguments are another call, and so is a tool that says or wants other things than before.
     * @param card what the skill tells of itself and of the tool */
    static String digest(String call, JsonNode input, String card) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            return HexFormat.of()
                    .formatHex(
                            sha.digest(
                                    (call + " " + input + " " + card)
                                            .getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
