package dev.weft.http.api;

import dev.weft.api.identity.AccessKeys;
import dev.weft.api.identity.Principal;
import dev.weft.api.identity.Role;
import dev.weft.api.identity.Tokens;
import dev.weft.api.registry.Pairing;
import dev.weft.protocol.AgentId;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import java.util.Optional;

/** Finds out who calls: access key, bearer token, or the cookie of a browser that signed in. Answers from memory. */
final class Authenticator {
    static final String COOKIE = "weft_session";
    private final Rooms rooms;
    private final AccessKeys keys;
    private final Tokens tokens;
    private final Sessions sessions;

    Authenticator(Rooms rooms, AccessKeys keys, Tokens tokens, Sessions sessions) {
        this.rooms = rooms;
        this.keys = keys;
        this.tokens = tokens;
        this.sessions = sessions;
    }

    /** Checks what the request shows. A credential that is shown but not good is not made up for by another.
     * @param request the request
     * @return empty if it shows nothing, or nothing good */
    Optional<Caller> caller(HttpServletRequest request) {
        String key = request.getHeader("X-API-Key");
        if (key != null) {
            return key(key);
        }
        String authorization = request.getHeader("Authorization");
        if (authorization != null) {
            boolean bearer = authorization.regionMatches(true, 0, "Bearer ", 0, 7);
            return bearer ? bearer(authorization.substring(7).trim()) : Optional.empty();
        }
        Optional<Cookie> cookie = cookie(request);
        return cookie.isPresent()
                ? session(cookie.get())
                : request.getHeader("X-Device-Token") == null
                        ? Legacy.local(request, rooms.legacy)
                        : Optional.empty();
    }

    /** Programs that know no header but this one, as Prometheus does, may send an access key in it. */
    private Optional<Caller> bearer(String shown) {
        return shown.startsWith("wk_") ? key(shown) : token(shown);
    }

    /** An access key of this host, or a key of the reference where those are good. */
    Optional<Caller> key(String key) {
        return accessKey(key).or(() -> Legacy.key(key, rooms.legacy));
    }

    Optional<Caller> accessKey(String key) {
        return keys.verify(key)
                .map(principal -> new Caller(principal, null, () -> keys.verify(key).isPresent()));
    }

    private Optional<Caller> token(String token) {
        return tokens.verify(token)
                .filter(this::mayTakePart)
                .map(
                        principal ->
                                new Caller(
                                        principal,
                                        null,
                                        () ->
                                                tokens.verify(token).isPresent()
                                                        && mayTakePart(principal),
                                        principal.role() == Role.AGENT ? rooms.legacy : null));
    }

    private boolean mayTakePart(Principal principal) {
        Pairing pairing = rooms.pairing;
        return principal.role() != Role.AGENT
                || pairing == null
                || (AgentId.isValid(principal.subject())
                        && pairing.isApproved(new AgentId(principal.subject())));
    }

    private static Optional<Cookie> cookie(HttpServletRequest request) {
        Cookie[] cookies = request.getCookies();
        return cookies == null
                ? Optional.empty()
                : Arrays.stream(cookies)
                        .filter(cookie -> COOKIE.equals(cookie.getName()))
                        .findFirst();
    }

    private Optional<Caller> session(Cookie cookie) {
        return sessions.find(cookie.getValue())
                .map(
                        session ->
                                new Caller(
                                        session.principal(),
                                        session,
                                        () -> sessions.touch(session)));
    }

    /** Opens a browser's session.
     * @param caller who proved a key
     * @return the cookie's value and the session */
    Sessions.Opened open(Caller caller) {
        return sessions.open(caller.principal(), caller.stillGood());
    }

    void close(Sessions.Session session) {
        sessions.close(session);
    }

    int closeAll(Principal principal) {
        return sessions.closeAll(principal);
    }
}
