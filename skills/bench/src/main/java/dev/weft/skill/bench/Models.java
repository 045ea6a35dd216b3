package dev.weft.skill.bench;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.weft.skill.Skill;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** The router, and the providers behind it to compare with. Thread-safe. */
@Component(service = Models.class)
public final class Models {
    private static final String PROVIDER = "provider:";
    private static final String ROUTE = "route:";
    private final ChatModel router;
    private final Map<String, ChatModel> providers = new ConcurrentHashMap<>();

    /** Made by Declarative Services.
     * @param router in front of every provider */
    @Activate
    public Models(@Reference(target = Skill.CHAT_MODEL) ChatModel router) {
        this.router = router;
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY,
            target = "(weft.llm.provider=*)")
    void addProvider(ChatModel model, Map<String, Object> properties) {
        providers.put(properties.get("weft.llm.provider").toString(), model);
    }

    void removeProvider(ChatModel model, Map<String, Object> properties) {
        providers.remove(properties.get("weft.llm.provider").toString(), model);
    }

    /** A question, ready to be asked again and again.
     * @param model {@code route:NAME} or {@code provider:ID}
     * @return asks, and returns the answer's text
     * @throws IllegalArgumentException if there is no such provider */
    Supplier<String> question(String model) {
        ChatRequest.Builder request = ChatRequest.builder().messages(UserMessage.from("ping"));
        if (model.startsWith(ROUTE)) {
            ChatRequest asked = request.modelName(model).build();
            return () -> router.chat(asked).aiMessage().text();
        }
        ChatModel provider =
                model.startsWith(PROVIDER)
                        ? providers.get(model.substring(PROVIDER.length()))
                        : null;
        if (provider == null) {
            throw new IllegalArgumentException(
                    "model must be route:NAME or provider:ID with one of "
                            + String.join(", ", providers.keySet()));
        }
        ChatRequest asked = request.build();
        return () -> provider.chat(asked).aiMessage().text();
    }
}
