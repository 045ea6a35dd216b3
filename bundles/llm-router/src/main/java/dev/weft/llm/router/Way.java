package dev.weft.llm.router;

import dev.weft.api.llm.Llm;

/**
 * Who calls, and which way.
 *
 * @param route name of a route
 * @param caller {@code agent:NAME}, {@code skill:ID} or {@code bundle:NAME}
 */
record Way(String route, String caller) {
    private static final String ROUTE_PREFIX = "route:";
    private static final String FOR = ";for=";

    /** Reads a request's model name: {@code route:NAME}, and for the agent {@code route:NAME;for=AGENT}, on whose behalf it calls.
     * @param modelName may be null
     * @param caller the bundle that calls
     * @return the way; the default route if the name is no route */
    static Way of(String modelName, String caller) {
        if (modelName == null || !modelName.startsWith(ROUTE_PREFIX)) {
            return new Way(Llm.DEFAULT_ROUTE, caller);
        }
        String route = modelName.substring(ROUTE_PREFIX.length());
        int at = route.indexOf(FOR);
        if (at < 0) {
            return new Way(route, caller);
        }
        String agent = route.substring(at + FOR.length());
        return new Way(
                route.substring(0, at), caller.startsWith("agent:") ? "agent:" + agent : caller);
    }

    static boolean isRoute(String modelName) {
        return modelName != null && modelName.startsWith(ROUTE_PREFIX);
    }
}
