package dev.weft.skill.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.weft.skill.TaskContext;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.Function;

/**
 * Takes what a publisher gives, one piece at a time: sends it ahead as it comes and keeps it for the whole result. Texts go as they are,
 * anything else as a line of JSON. Whoever gives the whole up (cancel, deadline) ends the subscription.
 */
final class StreamedResult implements Flow.Subscriber<Object> {
    /** About what one message of the mesh can carry. */
    private static final int MOST_CHARACTERS = 8 << 20;

    private final Function<Object, JsonNode> json;
    private final TaskContext context;
    private final CompletableFuture<JsonNode> whole = new CompletableFuture<>();
    private final StringBuilder texts = new StringBuilder();
    private final ArrayNode elements;
    private int characters;
    private Flow.Subscription source;

    StreamedResult(ResultReader.Kind kind, Function<Object, JsonNode> json, TaskContext context) {
        this.json = json;
        this.context = context;
        this.elements =
                kind == ResultReader.Kind.TEXTS ? null : JsonNodeFactory.instance.arrayNode();
    }

    /** All pieces in one, once the publisher is done. */
    CompletableFuture<JsonNode> whole() {
        return whole;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        source = subscription;
        whole.whenComplete((result, failure) -> subscription.cancel());
        subscription.request(1);
    }

    @Override
    public void onNext(Object piece) {
        if (whole.isDone()) {
            return;
        }
        try {
            take(piece);
            source.request(1);
        } catch (RuntimeException e) {
            whole.completeExceptionally(e);
        }
    }

    private void take(Object piece) {
        JsonNode element = elements == null ? null : json.apply(piece);
        String text = elements == null ? piece.toString() : element + "\n";
        characters += text.length();
        if (characters > MOST_CHARACTERS) {
            throw new IllegalStateException(
                    "it streams more than " + MOST_CHARACTERS + " characters");
        }
        if (elements == null) {
            texts.append(text);
        } else {
            elements.add(element);
        }
        context.emit(text);
    }

    @Override
    public void onError(Throwable failure) {
        whole.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
        whole.complete(elements == null ? TextNode.valueOf(texts.toString()) : elements);
    }
}
