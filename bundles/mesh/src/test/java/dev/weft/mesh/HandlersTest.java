package dev.weft.mesh;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.weft.api.mesh.MessageHandler;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.ComponentServiceObjects;

class HandlersTest {
    private final ComponentServiceObjects<MessageHandler> whole =
            Services.of((peer, message, reply) -> {}, Map.of(MessageHandler.TYPE, "ping"));

    /** As Declarative Services does it with a service that is going. */
    private final ComponentServiceObjects<MessageHandler> closing =
            new ComponentServiceObjects<>() {
                private int asked;

                @Override
                public MessageHandler getService() {
                    return whole.getService();
                }

                @Override
                public void ungetService(MessageHandler service) {
                    whole.ungetService(service);
                }

                @Override
                public ServiceReference<MessageHandler> getServiceReference() {
                    return asked++ < 2 ? whole.getServiceReference() : null;
                }
            };

    @Test
    void a_handler_goes_although_its_objects_tell_no_reference_any_more() {
        Handlers handlers = new Handlers();
        handlers.add(closing);
        assertNotNull(handlers.of("ping"));
        while (closing.getServiceReference() != null) {
            // until it is closed
        }
        handlers.remove(whole.getServiceReference());
        assertNull(handlers.of("ping"));
    }
}
