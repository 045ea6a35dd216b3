package dev.weft.http.api;

import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Locale;

/** What is checked before a body is read. */
final class Access {
    private Access() {}

    /** Lets only those in whom the route admits.
     * @param route the route
     * @param caller who calls, or null
     * @param request the request
     * @throws ApiException 401 or 403 */
    static void check(Route route, Caller caller, HttpServletRequest request) {
        if (route.access() != Route.Access.ROLE) {
            return;
        }
        if (caller == null) {
            throw ApiException.unauthorized(
                    "show a valid access key (X-API-Key), a bearer token of POST /api/token, or sign in");
        }
        if (!route.roles().contains(caller.principal().role())) {
            throw ApiException.forbidden(
                    "forbidden",
                    "the role " + caller.principal().role().wireName() + " may not do this");
        }
        if (caller.session() != null
                && route.mutates()
                && !same(caller.session().csrf(), request.getHeader("X-CSRF-Token"))) {
            throw ApiException.forbidden(
                    "csrf",
                    "a signed-in browser must repeat the token of GET /api/session in X-CSRF-Token");
        }
    }

    private static boolean same(String expected, String shown) {
        return shown != null
                && MessageDigest.isEqual(
                        expected.getBytes(StandardCharsets.UTF_8),
                        shown.getBytes(StandardCharsets.UTF_8));
    }

    /** Refuses bodies of the wrong kind.
     * @param route the route
     * @param request the request
     * @throws ApiException 415 */
    static void checkBody(Route route, HttpServletRequest request) {
        if (!hasBody(request) || route.body() == Route.Body.NONE) {
            return;
        }
        String type =
                request.getContentType() == null
                        ? ""
                        : request.getContentType()
                                .toLowerCase(Locale.ROOT)
                                .replaceAll("[;\\s].*", "");
        if (route.body() == Route.Body.FILE) {
            if (!type.equals("application/java-archive")
                    && !type.equals("application/octet-stream")) {
                throw new ApiException(
                        415,
                        "unsupported_media_type",
                        "send the jar itself as application/java-archive");
            }
            return;
        }
        if (!type.equals("application/json")) {
            throw new ApiException(
                    415, "unsupported_media_type", "send the body as application/json");
        }
    }

    static boolean hasBody(HttpServletRequest request) {
        return request.getContentLengthLong() > 0
                || (request.getContentLengthLong() < 0
                        && request.getHeader("Transfer-Encoding") != null)
                || (request.getContentLengthLong() < 0
                        && request.getProtocol().startsWith("HTTP/2"));
    }
}
