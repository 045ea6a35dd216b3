package dev.weft.http.api;

import dev.weft.api.agent.Image;
import dev.weft.api.identity.Role;
import dev.weft.protocol.Wire;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * One line of the table that the servlet serves, the OpenAPI document describes and the tests walk.
 *
 * @param method HTTP method
 * @param template path below the host, e.g. {@code /api/hub/tasks/{id}}
 * @param access what a caller must show
 * @param roles who may call it; empty unless {@code access} is {@link Access#ROLE}
 * @param body what is read before the handler runs
 * @param inline whether the handler runs on the transport's thread: only for what never blocks
 * @param summary a few words for the OpenAPI document
 * @param handler what answers
 */
record Route(
        String method,
        String template,
        Access access,
        Set<Role> roles,
        Body body,
        boolean inline,
        String summary,
        Handler handler) {
    /** What a caller must show. */
    enum Access {
        /** One of the route's roles. */
        ROLE,
        /** Nothing. */
        OPEN,
        /** A credential that the handler itself checks. */
        CREDENTIAL
    }

    /** What the body is. */
    enum Body {
        /** None is expected. */
        NONE,
        /** A JSON document, read whole. */
        JSON,
        /** A JSON document with images in it, read whole. */
        JSON_WITH_IMAGES,
        /** A file that the handler reads as it arrives. */
        FILE;

        /** Most bytes of a body that is read whole; 0 if it is not. */
        int limit() {
            return switch (this) {
                case JSON -> Wire.MAX_BODY;
                case JSON_WITH_IMAGES -> Wire.MAX_BODY + Image.LARGEST_TOGETHER / 3 * 4;
                case NONE, FILE -> 0;
            };
        }
    }

    Route {
        roles = Set.copyOf(roles);
        if ((access == Access.ROLE) == roles.isEmpty()) {
            throw new IllegalArgumentException(
                    method
                            + " "
                            + template
                            + ": roles are for role access, and must not be empty there");
        }
    }

    static Route get(String template, String summary, Set<Role> roles, Handler handler) {
        return new Route("GET", template, Access.ROLE, roles, Body.NONE, false, summary, handler);
    }

    static Route post(String template, String summary, Set<Role> roles, Handler handler) {
        return new Route("POST", template, Access.ROLE, roles, Body.JSON, false, summary, handler);
    }

    static Route put(String template, String summary, Set<Role> roles, Handler handler) {
        return new Route("PUT", template, Access.ROLE, roles, Body.JSON, false, summary, handler);
    }

    static Route patch(String template, String summary, Set<Role> roles, Handler handler) {
        return new Route("PATCH", template, Access.ROLE, roles, Body.JSON, false, summary, handler);
    }

    static Route delete(String template, String summary, Set<Role> roles, Handler handler) {
        return new Route(
                "DELETE", template, Access.ROLE, roles, Body.NONE, false, summary, handler);
    }

    Route open(Access how) {
        return new Route(method, template, how, Set.of(), body, inline, summary, handler);
    }

    Route inlined() {
        return new Route(method, template, access, roles, body, true, summary, handler);
    }

    Route withImages() {
        return new Route(
                method, template, access, roles, Body.JSON_WITH_IMAGES, inline, summary, handler);
    }

    Route file() {
        return new Route(method, template, access, roles, Body.FILE, inline, summary, handler);
    }

    static Set<Role> roles(Role first, Role... others) {
        return EnumSet.of(first, others);
    }

    List<String> segments() {
        return List.of(template.substring(1).split("/"));
    }

    boolean mutates() {
        return !"GET".equals(method);
    }
}
