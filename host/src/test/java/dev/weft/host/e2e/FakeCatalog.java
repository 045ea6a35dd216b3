package dev.weft.host.e2e;

import com.microsoft.playwright.Route;
import dev.weft.protocol.Wire;
import java.net.URI;
import java.util.concurrent.atomic.AtomicReference;

/** What a host with a repository answers under {@code /api/catalog}, of the shapes in the OpenAPI document. */
final class FakeCatalog {
    private static final String PUBLISHER =
            """
            {"namespace":"example.weather","name":"Example","fingerprint":"ab12 cd34","trusted":false}""";

    private static final String LISTING =
            """
            {"skill":"weather","title":"Weather","description":"The weather of a place","bundle":"example.weather","version":"1.1.0",
             "repository":"example","publisher":"example.weather","published":"2026-01-02T03:04:05Z","size":20480,"permissions":["net"],
             "compatible":true,"lacks":"","installed":""}""";

    private static final String SCAN =
            """
            {"status":"findings","reason":"","findings":[{"name":"reflection","severity":"medium","explanation":"example/Weather.class calls Method.invoke"}]}""";

    private static final String DETAILS =
            """
            {"listing":LISTING,"publisher":PUBLISHER,"signature":"signed by 1 of 1 keys of example.weather",
             "versions":[{"version":"1.1.0","published":"2026-01-02T03:04:05Z","size":20480,"sha256":"00","state":"available","reason":""},
                         {"version":"1.0.0","published":"2025-01-02T03:04:05Z","size":20000,"sha256":"01","state":"yanked","reason":"wrong units"}],
             "needs":["dev.weft.skill 1.0"],"dependents":[],"problem":"","hosts":[],
             "jar":{"readme":"# Weather\\nTells the weather.","changelog":"1.1.0: wind","configuration":[{"key":"key","title":"Key","description":"of the service","required":true,"secret":true}],
                    "tools":[{"name":"now","description":"the weather now","schema":{"type":"object"}}],"scan":SCAN}}""";

    private static final String PLAN =
            """
            {"id":"plan-1","expires":"2027-01-01T00:00:00Z","answer":"ask","agree":"agree-1","notes":[],
             "steps":[{"action":"install","skills":["weather"],"bundle":"example.weather","from":"","to":"1.1.0","file":"example.weather.jar","sha256":"00","size":20480,
                       "repository":"example","publisher":PUBLISHER,"why":"asked for","members":[],"permissions":["net"],"needs":["dev.weft.skill 1.0"],"configuration":[],
                       "changes":[{"kind":"permissions","what":"weather","before":"","after":"net"}],"decision":"ask","reasons":["nobody here trusts example.weather yet"],"scan":SCAN}]}""";

    private static final String REPOSITORIES =
            """
            [{"name":"example","address":"https://skills.example","fingerprint":"ef56","priority":0,"policy":"ask","snapshot":3,"expires":"2027-01-01T00:00:00Z","expired":false,
              "refreshed":"2026-01-02T03:04:05Z","problem":"","skills":1,"publishers":[PUBLISHER]}]""";

    private static final String OUTCOME =
            """
            {"done":true,"reason":"","steps":[{"action":"install","bundle":"example.weather","from":"","to":"1.1.0","state":"done","reason":""}]}""";

    private FakeCatalog() {}

    /** Answers.
     * @param agreed gets what the page sends with the plan */
    static void answer(Route route, AtomicReference<String> agreed) {
        String path = URI.create(route.request().url()).getPath();
        if (path.endsWith("/apply")) {
            agreed.set(Wire.tree(route.request().postData()).path("agree").asText());
        }
        String body =
                switch (path) {
                    case "/api/catalog" -> "[" + LISTING + "]";
                    case "/api/catalog/repositories" -> REPOSITORIES;
                    case "/api/catalog/plan" -> PLAN;
                    case "/api/catalog/plan/plan-1/apply" -> OUTCOME;
                    default -> DETAILS;
                };
        route.fulfill(
                new Route.FulfillOptions()
                        .setContentType("application/json")
                        .setBody(
                                body.replace("LISTING", LISTING)
                                        .replace("PUBLISHER", PUBLISHER)
                                        .replace("SCAN", SCAN)));
    }
}
