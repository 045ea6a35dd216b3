package dev.weft.host.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.options.FilePayload;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
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

    /** One dot. */
    private static final String PNG =
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

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
                    Chromium.usable(page, view + " in " + scheme);
                }
            }
        }
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
            Chromium.usable(page, "the trace of a prompt");
        }
    }

    @Test
    void an_image_is_attached_to_a_prompt_and_removed_by_keyboard() throws Exception {
        FilePayload picture =
                new FilePayload("loom.png", "image/png", Base64.getDecoder().decode(PNG));
        try (Page page = chromium.page(1280, 900, "light")) {
            chromium.signIn(page, host);
            page.navigate(host.url() + "/#/ask");
            page.getByTestId("ask-images")
                    .setInputFiles(
                            new FilePayload("notes.txt", "text/plain", new byte[] {'n', 'o'}));
            assertThat(page.getByTestId("ask-image")).hasCount(0);
            page.getByTestId("ask-images").setInputFiles(picture);
            assertThat(page.getByTestId("ask-image")).containsText("loom.png");
            page.getByTestId("ask-images").setInputFiles(picture);
            assertThat(page.getByTestId("ask-image")).hasCount(2);
            Chromium.usable(page, "a prompt with images");
            page.getByLabel("Remove loom.png").first().focus();
            page.keyboard().press("Enter");
            assertThat(page.getByTestId("ask-image")).hasCount(1);
            assertThat(page.getByLabel("Remove loom.png")).isFocused();
            assertThat(page.locator("#announce")).containsText("loom.png removed.");
            page.evaluate(
                    """
                    (base64) => {
                      const data = new DataTransfer();
                      data.items.add(new File([Uint8Array.from(atob(base64), (one) => one.charCodeAt(0))], 'pasted.png', { type: 'image/png' }));
                      document.querySelector('[data-testid=ask-input]')
                        .dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
                    }
                    """,
                    PNG);
            assertThat(page.getByTestId("ask-image")).hasCount(2);
            page.waitForFunction(
                    "[...document.querySelectorAll('.pictures img')].every((one) => one.naturalWidth === 1)");
            // this host has no model but the rules, which see nothing, and say so
            page.getByTestId("ask-input").fill("what is on the picture?");
            page.getByTestId("ask-submit").click();
            assertThat(page.getByTestId("ask-error")).containsText("takes images");
            assertThat(page.getByTestId("ask-image")).hasCount(0);
            assertThat(page.locator(".turn .pictures img")).hasCount(2);
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
                assertEquals(0, pairing.awaitExit(), pairing.text());
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
            assertThat(page.locator("weft-tasks .filter")).isVisible();
            page.keyboard().press("/");
            assertThat(page.locator("weft-tasks .filter")).isFocused();
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
    void a_budget_and_a_cache_are_set_where_they_are_shown() throws Exception {
        try (Page page = chromium.page(1280, 900, "light")) {
            chromium.signIn(page, host);
            page.navigate(host.url() + "/#/models");
            page.getByTestId("budget-kind").selectOption("skill");
            page.getByTestId("budget-name").fill("no skill/at all");
            page.getByTestId("budget-tokens").fill("5000");
            page.getByTestId("budget-set").click();
            assertThat(page.locator("#budget-name:invalid")).hasCount(1);
            page.getByTestId("budget-name").fill("text");
            page.getByTestId("budget-money").fill("2.5");
            page.getByTestId("budget-per").selectOption("month");
            page.getByTestId("budget-set").click();
            var budget = page.locator("[data-testid=budget][data-id='skill:text']");
            assertThat(budget).containsText("0 of 5000 tokens");
            assertThat(budget).containsText("0 of 2.5 money");
            assertThat(budget).containsText("a month");
            var route = page.locator("[data-testid=route][data-id=default]");
            route.getByTestId("cache-seconds").fill("90");
            route.getByTestId("cache-set").click();
            TestHost.await(
                    "the cache",
                    () -> Rest.get(host, "/api/llm").at("/cache_seconds/default").asInt() == 90);
            Chromium.shot(page, "budgets");
            Chromium.usable(page, "the forms of the models view");
            page.reload();
            assertThat(route.getByTestId("cache-seconds")).hasValue("90");
            budget.getByTestId("budget-reset").click();
            assertThat(budget).hasCount(0);
            route.getByTestId("cache-seconds").fill("0");
            route.getByTestId("cache-set").click();
            TestHost.await(
                    "no cache", () -> Rest.get(host, "/api/llm").at("/cache_seconds").isEmpty());
        }
    }

    @Test
    void a_lost_connection_shows_and_what_was_missed_is_caught_up_with() throws Exception {
        try (TestHost other = new TestHost(folder.resolve("other"), "other").keepsPort().start();
                Page page = chromium.page(1280, 900, "light")) {
            chromium.signIn(page, other);
            page.getByTestId("tab-skills").click();
            other.stop();
            assertThat(page.getByTestId("conn-state")).hasAttribute("data-state", "lost");
            Program.drop("text", other.deploy());
            other.start();
            // Sessions end with the host; the page says so and asks for the key.
            page.getByTestId("signin-key").fill(other.localKey());
            page.getByTestId("signin-submit").click();
            assertThat(page.locator("[data-testid=skills-row][data-id=text]")).isVisible();
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
