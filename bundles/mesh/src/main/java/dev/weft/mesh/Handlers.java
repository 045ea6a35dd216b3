package dev.weft.mesh;

import dev.weft.api.mesh.MessageHandler;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.ComponentServiceObjects;

/** Who handles which type of message. */
final class Handlers {
    private final Map<String, List<Late<MessageHandler>>> byType = new ConcurrentHashMap<>();

    void add(ComponentServiceObjects<MessageHandler> objects) {
        for (String type : types(objects)) {
            byType.computeIfAbsent(type, absent -> new CopyOnWriteArrayList<>())
                    .add(new Late<>(objects));
        }
    }

    void remove(ServiceReference<MessageHandler> reference) {
        byType.values().forEach(list -> list.removeIf(late -> late.holds(reference)));
    }

    private static String[] types(ComponentServiceObjects<MessageHandler> objects) {
        Object types = objects.getServiceReference().getProperty(MessageHandler.TYPE);
        return types instanceof String[] several
                ? several
                : types instanceof String one ? new String[] {one} : new String[0];
    }

    /** The handler for a type, the one that came first if there are several.
     * @return null if there is none */
    MessageHandler of(String type) {
        for (Late<MessageHandler> late : byType.getOrDefault(type, List.of())) {
            MessageHandler handler = late.get();
            if (handler != null) {
                return handler;
            }
        }
        return null;
    }
}
