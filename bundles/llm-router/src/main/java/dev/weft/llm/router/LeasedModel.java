package dev.weft.llm.router;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.weft.api.llm.Llm;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;

/** A provider's model, leased for each call: once it has left, no call starts, and those that run end by themselves. */
final class LeasedModel {
    private static final int LEFT = 1 << 30;

    private final String id;
    private final String type;
    private final String modelName;
    private final int ranking;
    private final boolean images;
    private final ChatModel model;
    private final Price price;
    private final Gate gate;
    private final Breaker breaker = new Breaker();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final LongAdder calls = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private volatile String lastError = "";
    private volatile boolean failing;

    LeasedModel(ServiceReference<ChatModel> reference, ChatModel model) {
        this.id = text(reference, Llm.PROVIDER);
        this.type = text(reference, Llm.TYPE);
        this.modelName = text(reference, Llm.MODEL);
        this.ranking = (int) number(reference, Constants.SERVICE_RANKING);
        this.images = !Boolean.FALSE.equals(reference.getProperty(Llm.IMAGES));
        this.price =
                new Price(number(reference, Llm.INPUT_PRICE), number(reference, Llm.OUTPUT_PRICE));
        this.gate =
                new Gate(
                        (int) number(reference, Llm.MAX_CONCURRENT),
                        (int) number(reference, Llm.CALLS_PER_MINUTE));
        this.model = model;
    }

    String id() {
        return id;
    }

    int ranking() {
        return ranking;
    }

    ChatModel model() {
        return model;
    }

    Price price() {
        return price;
    }

    Gate gate() {
        return gate;
    }

    Breaker breaker() {
        return breaker;
    }

    /** Rules are no model: they come last unless a route says otherwise, and cost nothing. */
    boolean isFallback() {
        return type.equals("rules");
    }

    /** Whether its model takes images, as far as is known. */
    boolean takesImages() {
        return images;
    }

    /** Whether the last call failed. */
    boolean isFailing() {
        return failing;
    }

    /** Starts a call, if the provider is still here. A caller that gets true must {@link #release} it. */
    boolean acquire() {
        if (inFlight.incrementAndGet() >= LEFT) {
            inFlight.decrementAndGet();
            return false;
        }
        return true;
    }

    void release() {
        inFlight.decrementAndGet();
    }

    void worked() {
        calls.increment();
        failing = false;
        breaker.worked();
    }

    void failed(Throwable failure) {
        calls.increment();
        failures.increment();
        lastError = Failures.describe(failure);
        failing = true;
        breaker.failed(failure, System.nanoTime());
    }

    /** No call starts from now on. Does not wait for those that run. */
    int leave() {
        return inFlight.getAndAdd(LEFT);
    }

    Llm.Provider describe() {
        return new Llm.Provider(
                id,
                type,
                modelName,
                breaker.isResting(System.nanoTime()) ? "resting" : "ready",
                model instanceof StreamingChatModel,
                inFlight.get() & (LEFT - 1),
                calls.sum(),
                failures.sum(),
                lastError);
    }

    private static String text(ServiceReference<ChatModel> reference, String key) {
        Object value = reference.getProperty(key);
        return value == null ? "" : value.toString();
    }

    private static double number(ServiceReference<ChatModel> reference, String key) {
        return reference.getProperty(key) instanceof Number value ? value.doubleValue() : 0;
    }
}
