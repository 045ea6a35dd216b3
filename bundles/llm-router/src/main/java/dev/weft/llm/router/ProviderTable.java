package dev.weft.llm.router;

import dev.langchain4j.model.chat.ChatModel;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.osgi.framework.ServiceReference;

/** The providers that are here, by reference; readers see a snapshot. Of two with one id the higher ranking counts. */
final class ProviderTable {
    private final Map<ServiceReference<ChatModel>, LeasedModel> byReference = new HashMap<>();
    private volatile Map<String, LeasedModel> byId = Collections.emptyNavigableMap();

    synchronized LeasedModel add(ServiceReference<ChatModel> reference, ChatModel model) {
        LeasedModel provider = new LeasedModel(reference, model);
        byReference.put(reference, provider);
        refresh();
        return provider;
    }

    synchronized LeasedModel remove(ServiceReference<ChatModel> reference) {
        LeasedModel provider = byReference.remove(reference);
        refresh();
        return provider;
    }

    /** Starts a call: the caller must end with {@link LeasedModel#release}.
     * @param id a provider's id
     * @return null if it is not here */
    LeasedModel lease(String id) {
        LeasedModel provider = byId.get(id);
        while (provider != null && !provider.acquire()) {
            LeasedModel next =
                    byId.get(id); // it left between the two lines; another with its id may be here
            provider = next == provider ? null : next;
        }
        return provider;
    }

    Map<String, LeasedModel> snapshot() {
        return byId;
    }

    /** Ids in the order of the route that nobody configured.
     * @return by id, rules last */
    List<String> defaultOrder() {
        return byId.values().stream()
                .sorted(
                        Comparator.comparing(LeasedModel::isFallback)
                                .thenComparing(LeasedModel::id))
                .map(LeasedModel::id)
                .toList();
    }

    String names() {
        return byId.isEmpty() ? "none" : String.join(", ", byId.keySet());
    }

    private void refresh() {
        Map<String, LeasedModel> best = new TreeMap<>();
        byReference
                .values()
                .forEach(
                        provider ->
                                best.merge(
                                        provider.id(),
                                        provider,
                                        (one, other) ->
                                                one.ranking() >= other.ranking() ? one : other));
        byId = Collections.unmodifiableMap(best);
    }
}
