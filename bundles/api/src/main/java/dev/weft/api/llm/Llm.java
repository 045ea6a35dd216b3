package dev.weft.api.llm;

import java.util.List;
import java.util.Map;
import org.osgi.annotation.versioning.ProviderType;

/** Providers of chat models and the routes to them. Thread-safe. */
@ProviderType
public interface Llm {
    /** Service property of a provider's {@code ChatModel}: its id. */
    String PROVIDER = "weft.llm.provider";

    /** Service property of a provider's {@code ChatModel}: kind, e.g. {@code openai} or {@code rules}. */
    String TYPE = "weft.llm.type";

    /** Service property of a provider's {@code ChatModel}: name of the model. */
    String MODEL = "weft.llm.model";

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

    /**
     * A provider.
     *
     * @param id its id
     * @param type kind
     * @param model name of the model
     * @param calls calls so far
     * @param failures calls that failed
     * @param lastError message of the last failure, "" if none
     */
    record Provider(
            String id, String type, String model, long calls, long failures, String lastError) {}
}
