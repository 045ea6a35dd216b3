package dev.weft.http.api;

import dev.weft.api.identity.LegacyAccess;
import dev.weft.api.identity.Principal;
import dev.weft.api.identity.Role;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;

/** Callers of the reference's world. They are agents, whatever they show, so they reach what agents reach and no more. */
final class Legacy {
    private static final String LOOPBACK_HOST = "(?i)(localhost|127(\\.[0-9]{1,3}){3}|\\[::1]|::1)";

    private Legacy() {}

    /** A caller with a key of the reference's key file.
     * @param key what was shown
     * @param access null where compatibility is off
     * @return empty if it is none */
    static Optional<Caller> key(String key, LegacyAccess access) {
        return access == null
                ? Optional.empty()
                : access.verify(key)
                        .map(
                                peer ->
                                        new Caller(
                                                peer,
                                                null,
                                                () -> access.verify(key).isPresent(),
                                                access));
    }

    /**
     * A caller on this machine who shows nothing. Not one behind a proxy, and no page in a browser: a page would come under a foreign name
     * (Host), or say where it comes from (Origin, Sec-Fetch-Site).
     *
     * @param request the request
     * @param access null where compatibility is off
     * @return empty for anybody else
     */
    static Optional<Caller> local(HttpServletRequest request, LegacyAccess access) {
        boolean local =
                access != null
                        && Addresses.isLocal(request)
                        && request.getHeader("Origin") == null
                        && request.getHeader("Sec-Fetch-Site") == null
                        && String.valueOf(request.getServerName()).matches(LOOPBACK_HOST);
        return local
                ? Optional.of(
                        new Caller(
                                new Principal(LegacyAccess.LOOPBACK.value(), Role.AGENT),
                                null,
                                () -> true,
                                access))
                : Optional.empty();
    }
}
