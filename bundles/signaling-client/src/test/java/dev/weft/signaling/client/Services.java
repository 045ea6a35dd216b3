package dev.weft.signaling.client;

import java.lang.reflect.Proxy;
import java.util.Map;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.ComponentServiceObjects;

/** Services without a framework. */
final class Services {
    private Services() {}

    static <T> ComponentServiceObjects<T> of(T service, Map<String, Object> properties) {
        @SuppressWarnings("unchecked")
        ServiceReference<T> reference =
                (ServiceReference<T>)
                        Proxy.newProxyInstance(
                                Services.class.getClassLoader(),
                                new Class<?>[] {ServiceReference.class},
                                (proxy, method, args) ->
                                        switch (method.getName()) {
                                            case "getProperty" -> properties.get(args[0]);
                                            case "equals" -> proxy == args[0];
                                            case "hashCode" -> System.identityHashCode(proxy);
                                            default -> null;
                                        });
        return new ComponentServiceObjects<>() {
            @Override
            public T getService() {
                return service;
            }

            @Override
            public void ungetService(T got) {
                // nothing was counted
            }

            @Override
            public ServiceReference<T> getServiceReference() {
                return reference;
            }
        };
    }
}
