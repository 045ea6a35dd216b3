package dev.weft.http.api;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Pages of other origins may call the API if their origin is listed, with a key of their own; never with the UI's cookie. */
final class Cors {
    private static final Logger LOG = LoggerFactory.getLogger(Cors.class);
    private static final String ORIGIN =
            "https?://[a-z0-9.-]+(:[0-9]{1,5})?|https?://\\[[0-9a-f:]+](:[0-9]{1,5})?";
    private final Set<String> origins = new TreeSet<>();

    /** Takes a list.
     * @param listed origins, e.g. {@code https://ops.example.org}; others, {@code *} among them, are refused with a line in the log */
    Cors(String... listed) {
        for (String origin : List.of(listed)) {
            if (origin.matches(ORIGIN)) {
                origins.add(origin);
            } else if (!origin.isBlank()) {
                LOG.warn(
                        "cors.origins: \"{}\" is no origin and lets nobody in; write https://host or https://host:port",
                        origin);
            }
        }
    }

    /** Tells a browser what a page may do.
     * @param request the request
     * @param response gets the headers
     * @return true if the browser only asked, and is answered */
    boolean answered(HttpServletRequest request, HttpServletResponse response) {
        if (origins.isEmpty()) {
            return false;
        }
        response.addHeader("Vary", "Origin");
        String origin = request.getHeader("Origin");
        if (origin == null || !origins.contains(origin)) {
            return false;
        }
        response.setHeader("Access-Control-Allow-Origin", origin);
        response.setHeader(
                "Access-Control-Expose-Headers",
                "Link, Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, X-Request-Id");
        boolean asks =
                request.getMethod().equals("OPTIONS")
                        && request.getHeader("Access-Control-Request-Method") != null;
        if (asks) {
            response.setHeader("Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE");
            response.setHeader(
                    "Access-Control-Allow-Headers",
                    "Authorization, Content-Type, Last-Event-ID, X-API-Key, X-Request-Id, X-Weft-Hops");
            response.setHeader("Access-Control-Max-Age", "600");
            response.setStatus(HttpServletResponse.SC_NO_CONTENT);
        }
        return asks;
    }
}
