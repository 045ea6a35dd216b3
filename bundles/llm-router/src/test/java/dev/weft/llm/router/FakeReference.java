package dev.weft.llm.router;

import dev.langchain4j.model.chat.ChatModel;
import dev.weft.api.llm.Llm;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.Map;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;

/** A reference with nothing but properties; what a framework would hand to the router. */
final class FakeReference implements ServiceReference<ChatModel> {
    private final Map<String, Object> properties;

    FakeReference(String id, String type, int ranking) {
        this.properties =
                Map.of(
                        Llm.PROVIDER,
                        id,
                        Llm.TYPE,
                        type,
                        Llm.MODEL,
                        id + "-model",
                        Constants.SERVICE_RANKING,
                        ranking);
    }

    FakeReference(String id, Map<String, Object> more) {
        this.properties = new java.util.HashMap<>(of(id).properties);
        properties.putAll(more);
    }

    static FakeReference of(String id) {
        return new FakeReference(id, id.equals("rules") ? "rules" : "openai", 0);
    }

    @Override
    public Object getProperty(String key) {
        return properties.get(key);
    }

    @Override
    public String[] getPropertyKeys() {
        return properties.keySet().toArray(String[]::new);
    }

    @Override
    public Bundle getBundle() {
        return null;
    }

    @Override
    public Bundle[] getUsingBundles() {
        return null;
    }

    @Override
    public boolean isAssignableTo(Bundle bundle, String className) {
        return true;
    }

    @Override
    public int compareTo(Object other) {
        return Integer.compare(hashCode(), other.hashCode());
    }

    @Override
    public Dictionary<String, Object> getProperties() {
        return new Hashtable<>(properties);
    }

    @Override
    public <A> A adapt(Class<A> type) {
        return null;
    }
}
