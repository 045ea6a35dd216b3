package dev.weft.host.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import dev.weft.protocol.Wire;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the page makes of answers that one small host cannot give: the test gives them in its place. */
@Tag("once")
class UiAnswersIT {
    @TempDir static Path folder;
    private static TestHost host;
    private static Chromium chromium;

    @BeforeAll
    static void start() throws Exception {
        host = new TestHost(folder.resolve("host"), "host").start();
        chromium = new Chromium();
    }

    @AfterAll
    static void stop() {
        assertEquals(List.of(), chromium.complaints());
        chromium.close();
        host.close();
    }

    @Test
    void the_load_of_a_host_is_older_than_the_page() throws Exception {
        try (Page page = chromium.page(1280, 900, "light")) {
            page.route(
                    "**/api/agents/*/load",
                    route ->
                            fulfil(
                                    route,
                                    "{\"agent_id\":\"x\",\"until\":0,\"step_seconds\":60,\"load\":[0.25,0.5,null,0.1]}"));
            chromium.signIn(page, host);
            page.navigate(host.url() + "/#/peers/host");
            assertThat(page.getByTestId("load-chart")).isVisible();
            assertThat(page.locator("weft-load-chart"))
                    .containsText("at most 50 % in the last 4 min");
        }
    }

    @Test
    void what_holds_something_up_shows_where_one_looks_first() throws Exception {
        try (Page page = chromium.page(1280, 900, "light")) {
            page.route("**/api/approvals", route -> fulfil(route, waiting()));
            chromium.signIn(page, host);
            page.navigate(host.url() + "/#/overview");
            var needs = page.getByTestId("needs");
            assertThat(needs.locator("li")).hasCount(2);
            assertThat(needs).containsText("update of notes wants more");
            Chromium.shot(page, "overview-needs");
            Chromium.usable(page, "what needs a person");
            needs.getByText("budget route:default").click();
            assertThat(page.locator("weft-approvals h2").first()).isVisible();
        }
    }

    private static String waiting() {
        var all = Wire.object().putArray("all");
        for (String[] one :
                new String[][] {
                    {"budget", "route:default", "budget route:default", "1 call waits"},
                    {"update", "notes", "update of notes", "wants more"},
                    {"publisher", "market/org.x", "org.x", "nobody trusts it"}
                }) {
            all.addObject()
                    .put("kind", one[0])
                    .put("id", one[1])
                    .put("title", one[2])
                    .put("detail", one[3]);
        }
        return all.toString();
    }

    @Test
    void a_thousand_peers_and_ten_thousand_tasks_are_drawn_scrolled_sorted_and_filtered_in_steps()
            throws Exception {
        try (Page page = chromium.page(1280, 900, "light")) {
            page.addInitScript(
                    """
                    window.long = [];
                    new PerformanceObserver((list) => list.getEntries().forEach((entry) => window.long.push(entry.duration)))
                      .observe({ type: 'longtask', buffered: true });
                    """);
            page.route("**/api/agents", route -> fulfil(route, agents(1000)));
            page.route("**/api/hub/tasks/all*", route -> fulfil(route, tasks(10_000)));
            chromium.signIn(page, host);
            for (String view : List.of("peers", "tasks")) {
                page.navigate(host.url() + "/#/" + view);
                Locator rows = page.locator("weft-" + view + " tr.row-data");
                assertThat(rows.first()).isVisible();
                report(page, view, "drawing");
                assertTrue(rows.count() < 100, "only what is on the screen is in the document");
                page.evaluate(
                        """
                        async () => {
                          const box = document.querySelector('.scroll');
                          for (let at = 0; at < box.scrollHeight; at += box.scrollHeight / 60) { box.scrollTop = at; await new Promise(requestAnimationFrame); }
                        }
                        """);
                assertThat(rows.last()).isVisible();
                report(page, view, "scrolling");
                page.locator("button.sort").nth(1).click();
                assertThat(page.locator("th[aria-sort]")).hasCount(1);
                report(page, view, "sorting");
                page.getByLabel("Filter")
                        .first()
                        .pressSequentially("peers".equals(view) ? "host-77" : "failed");
                assertThat(page.locator(".tools [role=status]")).containsText(" of ");
                report(page, view, "filtering");
            }
        }
    }

    /** What the longest stretches without an answer to the user were; says what a machine can do, so nothing depends on it. */
    private static void report(Page page, String view, String what) {
        Object longest =
                page.evaluate(
                        "() => { const all = window.long; window.long = []; return Math.max(0, ...all); }");
        System.out.println("long tasks: " + view + ", " + what + ": " + longest + " ms");
    }

    private static void fulfil(Route route, String body) {
        route.fulfill(new Route.FulfillOptions().setContentType("application/json").setBody(body));
    }

    private static String agents(int count) {
        var all = Wire.object().putArray("all");
        for (int i = 0; i < count; i++) {
            var agent =
                    all.addObject()
                            .put("agent_id", "agent-" + i)
                            .put("name", "host-" + i)
                            .put("health", i % 7 == 0 ? "stale" : "active")
                            .put("path", "p2p")
                            .put("rtt_ms", i % 40)
                            .put("version", "0.1.0")
                            .put("platform", "linux-aarch64")
                            .put("load", (i % 10) / 10.0)
                            .put("local", false);
            agent.putArray("skills");
            agent.putObject("labels");
        }
        return Wire.write(all);
    }

    private static String tasks(int count) {
        var all = Wire.object().putArray("all");
        for (int i = 0; i < count; i++) {
            all.addObject()
                    .put("id", "task" + i)
                    .put("skill", "disk")
                    .put("tool", "usage")
                    .put("state", i % 9 == 0 ? "failed" : "completed")
                    .put("path", "p2p")
                    .put("assigned_agent_id", "agent-" + i % 1000)
                    .put("created_at", 1_790_000_000 - i)
                    .put("updated_at", 1_790_000_000 - i);
        }
        return Wire.write(all);
    }
}
