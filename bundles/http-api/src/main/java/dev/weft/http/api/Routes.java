package dev.weft.http.api;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Finds the route of a request. Immutable. */
final class Routes {
    private final List<Route> all;

    Routes(List<Route> all) {
        this.all = List.copyOf(all);
    }

    List<Route> all() {
        return all;
    }

    /** Finds the route; a literal segment wins over a parameter.
     * @param method HTTP method
     * @param path decoded path, e.g. {@code /api/hub/tasks/all}
     * @return the route and what its parameters are
     * @throws ApiException 404 if no route has the path */
    Match find(String method, String path) {
        List<String> segments = List.of(path.substring(1).split("/", -1));
        List<Match> matches = new ArrayList<>();
        var methods = new TreeSet<String>();
        for (Route route : all) {
            Map<String, String> parameters = match(route.segments(), segments);
            if (parameters != null) {
                methods.add(route.method());
                if (route.method().equals(method)) {
                    matches.add(new Match(route, parameters, List.of()));
                }
            }
        }
        if (methods.isEmpty()) {
            throw ApiException.notFound(
                    "there is nothing at this path; GET /api/openapi.json lists what there is");
        }
        return matches.stream()
                .min(java.util.Comparator.comparingInt(match -> match.parameters().size()))
                .orElseGet(() -> new Match(null, Map.of(), List.copyOf(methods)));
    }

    private static Map<String, String> match(List<String> template, List<String> segments) {
        if (template.size() != segments.size()) {
            return null;
        }
        Map<String, String> parameters = new LinkedHashMap<>();
        for (int i = 0; i < template.size(); i++) {
            String expected = template.get(i);
            String actual = segments.get(i);
            if (expected.startsWith("{")) {
                if (actual.isEmpty()) {
                    return null;
                }
                parameters.put(expected.substring(1, expected.length() - 1), actual);
            } else if (!expected.equals(actual)) {
                return null;
            }
        }
        return parameters;
    }

    /**
     * What was found.
     *
     * @param route null if the path has other methods only
     * @param parameters values of the template's parameters
     * @param allowed the methods there are, if {@code route} is null
     */
    record Match(Route route, Map<String, String> parameters, List<String> allowed) {}
}
