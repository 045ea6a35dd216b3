package dev.weft.host.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.Rule;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.Route;
import dev.weft.protocol.Wire;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each view of the UI, on a host of its own: what it shows, what it does, and that everybody can use it. */
@Tag("once")
class UiViewsIT {
    private static final List<String> VIEWS =
            List.of(
                    "overview",
                    "peers",
                    "skills",
                    "catalog",
                    "tasks",
                    "ask",
                    "models",
                    "approvals",
                    "audit",
                    "settings");

    @TempDir static Path folder;
    private static TestHost host;
    private static Chromium chromium;

    @BeforeAll
    static void start() throws Exception {
        host = new TestHost(folder.resolve("host"), "host").start();
        Program.drop("text", host.deploy());
        TestHost.await("the skill", () -> host.lists("text", "host"));
        chromium = new Chromium();
    }

    @AfterAll
    static void stop() {
        assertEquals(List.of(), chromium.complaints());
        chromium.close();
        host.close();
    }

    @Test
    void every_view_is_free_of_serious_findings_in_light_and_dark_wide_and_narrow()
            throws Exception {
        host.weft("call", "text.statistics", "text=one two");
        for (String scheme : List.of("light", "dark")) {
            boolean narrow = scheme.equals("dark");
            try (Page page = chromium.page(narrow ? 360 : 1280, 900, scheme)) {
                chromium.signIn(page, host);
                for (String view : VIEWS) {
                    page.navigate(host.url() + "/#/" + view);
                    assertThat(page.locator("weft-" + view + " h2").first()).isVisible();
                    assertThat(page.getByText("Loading…")).hasCount(0);
                    Chromium.shot(page, view + "-" + scheme);
                    usable(page, view + " in " + scheme);
                }
            }
        }
    }

    /** Nothing serious for who cannot see or point, and nothing beside the screen. */
    private static void usable(Page page, String what) {
        List<String> findings =
                new AxeBuilder(page)
                        .analyze().getViolations().stream()
                                .filter(rule -> serious(rule.getImpact()))
                                .map(UiViewsIT::describe)
                                .toList();
        assertEquals(List.of(), findings, what);
        assertTrue(
                (Boolean) page.evaluate("document.documentElement.scrollWidth <= innerWidth"),
                what + " is wider than a screen of " + page.viewportSize().width);
    }

    private static boolean serious(String impact) {
        return "serious".equals(impact) || "critical".equals(impact);
    }

    private static String describe(Rule rule) {
        return rule.getId() + ": " + rule.getNodes().get(0).getHtml();
    }

    @Test
    void a_tool_is_tried_with_the_form_made_from_its_schema() throws Exception {
        try (Page page = chromium.page(1280, 900, "light")) {
            chromium.signIn(page, host);
            page.navigate(host.url() + "/#/skills");
            page.locator("[data-testid=skills-row][data-id=text] a").click();
            page.locator("[data-testid=tool][data-name=statistics] > summary").click();
            var tool = page.locator("[data-testid=tool][data-name=statistics]");
            tool.getByTestId("try").click();
            assertThat(tool).containsText("This is needed.");
            tool.locator("textarea").first().fill("three words here");
            tool.getByTestId("try").click();
            assertThat(tool.getByTestId("try-result")).containsText("\"words\": 3");
            tool.getByText("the task").click();
            assertThat(page.getByTestId("timeline")).isVisible();
            assertThat(page.locator("weft-tasks")).containsText("three words here");
            Chromium.shot(page, "task");
            page.getByTestId("trace-link").click();
            assertThat(page.getByTestId("span")).containsText("text.statistics");
        }
    }

    /** The samples come from the test: the host takes one a minute. */
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
    void where_the_time_of_a_prompt_went_is_drawn_call_by_call() throws Exception {
        try (Page page = chromium.page(1280, 900, "dark")) {
            chromium.signIn(page, host);
            page.navigate(host.url() + "/#/ask");
            page.getByTestId("ask-input").fill("count the words of the text: one two three");
            page.getByTestId("ask-submit").click();
            assertThat(page.getByTestId("ask-answer")).isVisible();
            page.getByText("Where the time went").click();
            assertThat(page.getByTestId("waterfall")).containsText("text.statistics");
            Chromium.shot(page, "trace");
            usable(page, "the trace of a prompt");
        }
    }

    @Test
    void a_host_at_the_door_is_let_in_and_revoked() throws Exception {
        try (Page page = chromium.page(1280, 900, "light");
                TestHost newcomer = new TestHost(folder.resolve("newcomer"), "newcomer")) {
            chromium.signIn(page, host);
            page.navigate(host.url() + "/#/peers");
            page.getByTestId("pair-open").click();
            page.getByTestId("code-generate").click();
            String code = page.getByTestId("code-value").textContent().strip();
            page.getByText("As a QR code").click();
            assertThat(page.getByTestId("qr")).isVisible();
            Chromium.shot(page, "pair");
            try (Program pairing =
                    Program.start(
                            folder,
                            "pair",
                            code,
                            "--registry",
                            host.url(),
                            "--name",
                            "newcomer",
                            "--data",
                            newcomer.data.toString())) {
                page.getByTestId("tab-approvals").click();
                page.locator("[data-testid=pending-row][data-name=newcomer]")
                        .getByTestId("approve")
                        .click();
                assertEquals(0, pairing.awaitExit(30), pairing.text());
            }
            newcomer.start();
            page.getByTestId("tab-peers").click();
            page.locator("[data-testid=peers-row][data-name=newcomer][data-health=active] a")
                    .click();
            page.getByText("Revoke", new Page.GetByTextOptions().setExact(true)).click();
            page.getByTestId("confirm").click();
            TestHost.await("the newcomer gone", () -> !host.sees("newcomer", "active"));
        }
    }

    @Test
    void the_keyboard_is_enough_to_find_a_task_again_and_a_link_leads_to_it() throws Exception {
        host.weft("call", "text.statistics", "--input", "{\"text\":5}");
        try (Page page = chromium.page(1280, 900, "light")) {
            chromium.signIn(page, host);
            page.keyboard().press("g");
            page.keyboard().press("t");
            assertThat(page.locator("weft-tasks h2")).hasText("Tasks");
            page.keyboard().press("/");
            page.keyboard().type("statistics");
            page.locator("weft-table select").selectOption("rejected");
            assertThat(page.locator("[data-testid=tasks-row][data-state=completed]")).hasCount(0);
            page.reload(); // the address has the filter
            assertThat(page.locator("[data-testid=tasks-row][data-state=rejected]").first())
                    .isVisible();
            assertThat(page.locator("[data-testid=tasks-row][data-state=completed]")).hasCount(0);
            page.locator("[data-testid=tasks-row] a").first().focus();
            page.keyboard().press("Enter");
            assertThat(page.locator("weft-tasks")).containsText("bad_arguments");
        }
    }

    @Test
    void keys_are_made_and_revoked_and_the_audit_chain_is_verified() throws Exception {
        try (Page page = chromium.page(1280, 900, "light")) {
            chromium.signIn(page, host);
            page.navigate(host.url() + "/#/settings");
            page.getByTestId("key-label").fill("for the wall");
            page.getByTestId("key-create").click();
            assertThat(page.getByTestId("key-value")).containsText("wk_");
            page.getByLabel("Revoke for the wall").click();
            page.getByTestId("confirm").click();
            assertThat(page.getByTestId("keys")).not().containsText("for the wall");
            page.getByTestId("tab-audit").click();
            page.getByTestId("audit-verify").click();
            assertThat(page.getByTestId("audit-verdict")).containsText("as they were written");
        }
    }

    @Test
    void a_lost_connection_shows_and_what_was_missed_is_caught_up_with() throws Exception {
        try (TestHost other = new TestHost(folder.resolve("other"), "other").start();
                Page page = chromium.page(1280, 900, "light")) {
            chromium.signIn(page, other);
            String port = other.url().substring(other.url().lastIndexOf(':') + 1);
            page.getByTestId("tab-skills").click();
            other.stop();
            assertThat(page.getByTestId("conn-state")).hasAttribute("data-state", "lost");
            Program.drop("text", other.deploy());
            other.start("--port", port);
            // Sessions end with the host; the page says so and asks for the key.
            page.getByTestId("signin-key").fill(other.localKey());
            page.getByTestId("signin-submit").click();
            assertThat(page.locator("[data-testid=skills-row][data-id=text]")).isVisible();
        }
    }

    /** The lists come from the test here: a mesh of a thousand hosts does not fit this machine. */
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
                assertThat(page.locator("tr.row-data").first()).isVisible();
                report(page, view, "drawing");
                assertTrue(
                        page.locator("tr.row-data").count() < 100,
                        "only what is on the screen is in the document");
                page.evaluate(
                        """
                        async () => {
                          const box = document.querySelector('.scroll');
                          for (let at = 0; at < box.scrollHeight; at += box.scrollHeight / 60) { box.scrollTop = at; await new Promise(requestAnimationFrame); }
                        }
                        """);
                assertThat(page.locator("tr.row-data").last()).isVisible();
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

    /** The repository's answers come from the test: what the host does with a real one is CatalogTest's business. */
    @Test
    void a_skill_of_the_catalog_is_looked_at_and_installed_after_its_reasons_were_agreed_to()
            throws Exception {
        AtomicReference<String> agreed = new AtomicReference<>("");
        for (int width : List.of(1280, 360)) {
            try (Page page = chromium.page(width, 900, width == 360 ? "dark" : "light")) {
                page.route("**/api/catalog**", route -> FakeCatalog.answer(route, agreed));
                chromium.signIn(page, host);
                page.navigate(host.url() + "/#/skills");
                page.getByTestId("tab-skills-catalog").click();
                var row = page.locator("[data-testid=catalog-row][data-id=weather]");
                assertThat(row).containsText("Weather");
                Chromium.shot(page, "catalog-" + width);
                usable(page, "the catalog");
                row.locator("a").click();
                assertThat(page.getByTestId("catalog-scan")).containsText("reflection");
                assertThat(page.locator("weft-catalog")).containsText("Tells the weather");
                page.getByTestId("catalog-install").click();
                assertThat(page.getByTestId("plan-permissions")).hasText("net");
                assertThat(page.getByTestId("plan-apply")).isDisabled();
                usable(page, "a plan");
                Chromium.shot(page, "plan-" + width);
                page.getByTestId("plan-agree").check();
                page.getByTestId("plan-apply").click();
                assertThat(page.getByTestId("plan-outcome")).hasAttribute("data-done", "true");
                assertEquals("agree-1", agreed.getAndSet(""));
                page.getByTestId("tab-approvals").click();
                assertThat(page.locator("[data-testid=publisher-row][data-id='example.weather']"))
                        .containsText("ab12");
            }
        }
    }

    @Test
    void first_load_is_small() throws Exception {
        try (Page page = chromium.page(1280, 900, "light")) {
            AtomicLong bytes = new AtomicLong();
            page.onResponse(response -> bytes.addAndGet(length(response)));
            chromium.signIn(page, host);
            assertThat(page.locator("weft-overview h2")).isVisible();
            System.out.println("first load: " + bytes.get() + " bytes compressed");
            assertTrue(bytes.get() < 150 << 10, bytes + " bytes");
        }
    }

    private static long length(Response response) {
        String length = response.headers().get("content-length");
        return response.url().contains("/api/") || length == null ? 0 : Long.parseLong(length);
    }
}
