package dev.weft.api.llm;

import java.util.List;
import java.util.Map;
import org.osgi.annotation.versioning.ProviderType;

/** Providers of chat models, the routes to them, and what they cost. Thread-safe. */
@ProviderType
public interface Llm {
    /** Service property of a provider's {@code ChatModel}: its id. */
    String PROVIDER = "weft.llm.provider";

    /** Service property of a provider's {@code ChatModel}: kind, e.g. {@code openai} or {@code rules}. */
    String TYPE = "weft.llm.type";

    /** Service property of a provider's {@code ChatModel}: name of the model. */
    String MODEL = "weft.llm.model";

    /** Service property of a provider's {@code ChatModel}: most calls at once, an Integer; absent or 0: no limit. */
    String MAX_CONCURRENT = "weft.llm.max.concurrent";

    /** Service property of a provider's {@code ChatModel}: most calls a minute, an Integer; absent or 0: no limit. */
    String CALLS_PER_MINUTE = "weft.llm.calls.per.minute";

    /** Service property of a provider's {@code ChatModel}: money for a million input tokens, a Double; absent or 0: free. */
    String INPUT_PRICE = "weft.llm.price.input";

    /** Service property of a provider's {@code ChatModel}: money for a million output tokens, a Double; absent or 0: free. */
    String OUTPUT_PRICE = "weft.llm.price.output";

    /** Service property of a provider's {@code ChatModel}: whether its model takes images, a Boolean; absent: true. */
    String IMAGES = "weft.llm.images";

    /** The route of prompts with images, if no model of the default route takes them. */
    String VISION_ROUTE = "vision";

    /** The route that is taken when none is named. */
    String DEFAULT_ROUTE = "default";

    /** Every provider that is here.
     * @return ordered by id */
    List<Provider> providers();

    /** Every route and the providers it tries, in order.
     * @return ordered by name */
    Map<String, List<String>> routes();

    /** Points a route at providers, at once; calls in flight finish where they are.
     * @param route name, {@code [a-z0-9][a-z0-9._-]*}
     * @param providers ids, at least one, each known
     * @throws IllegalArgumentException if one is unknown; the message lists those there are */
    void use(String route, List<String> providers);

    /** The models that a provider's server offers. Asks the server: blocks.
     * @param provider id
     * @return names, sorted; empty if the provider cannot tell
     * @throws IllegalArgumentException if the provider is unknown
     * @throws ProviderException if the server does not answer */
    List<String> models(String provider);

    /** What calls used since the host started.
     * @return by {@code provider:ID}, {@code route:NAME} and who called ({@code agent:NAME}, {@code skill:ID} or
     *     {@code bundle:NAME}), sorted */
    Map<String, Usage> usage();

    /** The latest calls.
     * @return newest first, 100 at most */
    List<CallRecord> recent();

    /** Every budget that is configured, set or in use; one for each ({@code skill:*}) is there too, with nothing used.
     * @return ordered by name */
    List<Budget> budgets();

    /** Allows more in a budget's present period, at once; calls that wait for it go on.
     * @param name of the budget
     * @param tokens how many more; 0 or more
     * @param money how much more; 0 or more
     * @return the budget as it is now
     * @throws IllegalArgumentException if there is no such budget, or nothing is added */
    Budget raise(String name, long tokens, double money);

    /** Sets a budget, at once and for good: it beats a configured one and stays so over restarts. What is used stays used.
     * @param name {@code route:NAME}, {@code agent:NAME} or {@code skill:ID}; {@code *} for a name is one budget for each
     * @param per {@code hour}, {@code day}, {@code month} or {@code total}
     * @param tokens most tokens; 0: no limit
     * @param money most money; 0: no limit
     * @return the budget as it is now
     * @throws IllegalArgumentException if something of it is wrong; says what
     * @throws java.io.UncheckedIOException if it cannot be kept; nothing changes then */
    default Budget limit(String name, String per, long tokens, double money) {
        throw new UnsupportedOperationException();
    }

    /** Takes back what {@link #limit} set: what the configuration says counts again.
     * @param name of the budget
     * @return whether it was set */
    default boolean unlimit(String name) {
        return false;
    }

    /** Routes whose answers are cached.
     * @return for how many seconds, by route; sorted */
    default Map<String, Long> caches() {
        return Map.of();
    }

    /** Has a route's answers cached, at once and for good: it beats what is configured and stays so over restarts.
     * @param route its name
     * @param seconds how long an answer may be given again, 1 to 9999999; 0: not at all
     * @throws IllegalArgumentException if there is no such route, or the time is out of range
     * @throws java.io.UncheckedIOException if it cannot be kept; nothing changes then */
    default void cache(String route, long seconds) {
        throw new UnsupportedOperationException();
    }

    /**
     * A provider.
     *
     * @param id its id
     * @param type kind
     * @param model name of the model
     * @param state {@code ready}, or {@code resting} after failures or a {@code Retry-After}: asked only when it is over
     * @param streams whether it sends its answer piece by piece
     * @param running calls that run now
     * @param calls calls so far
     * @param failures calls that failed
     * @param lastError message of the last failure, "" if none
     */
    record Provider(
            String id,
            String type,
            String model,
            String state,
            boolean streams,
            int running,
            long calls,
            long failures,
            String lastError) {}

    /**
     * What calls used.
     *
     * @param calls answered calls
     * @param cached answers that came from the cache; they cost nothing and are not in {@code calls}
     * @param inputTokens tokens sent
     * @param outputTokens tokens received
     * @param cost money, in the currency of the prices
     */
    record Usage(long calls, long cached, long inputTokens, long outputTokens, double cost) {}

    /**
     * One call.
     *
     * @param at when it ended, ISO 8601
     * @param caller who called
     * @param route the route it took
     * @param provider who answered; "" if nobody did
     * @param inputTokens tokens sent
     * @param outputTokens tokens received
     * @param estimated whether the tokens are what was reserved, because the provider did not count them
     * @param cost money
     * @param millis how long it took
     * @param error why it failed; "" if it did not
     */
    record CallRecord(
            String at,
            String caller,
            String route,
            String provider,
            long inputTokens,
            long outputTokens,
            boolean estimated,
            double cost,
            long millis,
            String error) {}

    /**
     * A limit of what may be used in a period. A limit of 0 is none.
     *
     * @param name {@code route:NAME}, {@code agent:NAME} or {@code skill:ID}
     * @param per {@code hour}, {@code day}, {@code month} (UTC) or {@code total}
     * @param tokenLimit most tokens in the period, with what was raised
     * @param tokens tokens used
     * @param moneyLimit most money in the period, with what was raised
     * @param money money used
     * @param reservedTokens tokens held for calls that run
     * @param reservedMoney money held for calls that run
     * @param waiting calls that wait until it is raised or a new period begins
     */
    record Budget(
            String name,
            String per,
            long tokenLimit,
            long tokens,
            double moneyLimit,
            double money,
            long reservedTokens,
            double reservedMoney,
            int waiting) {}
}
