package dev.weft.host.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.Page;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a person sees in a real Chromium: peers and skills come and go without a reload. */
@Tag("once")
class BrowserIT {
    /** The registry forgets the name of a host that left in order. */
    private static final Pattern AWAY =
            Pattern.compile("Not told: (second|agent-\\w+) is away\\s*");

    @TempDir Path folder;

    @Test
    void peers_and_skills_appear_and_vanish_without_a_reload() throws Exception {
        try (TestHost first = new TestHost(folder.resolve("first"), "first").start();
                TestHost second = new TestHost(folder.resolve("second"), "second");
                Chromium chromium = new Chromium()) {
            Page page = chromium.page(1280, 900, "light");
            chromium.signIn(page, first);

            page.getByTestId("tab-peers").click();
            assertThat(page.locator("[data-testid=peers-row][data-name=first]")).isVisible();
            first.admit(second);
            second.start();
            assertThat(
                            page.locator(
                                    "[data-testid=peers-row][data-name=second][data-path=p2p][data-health=active]"))
                    .isVisible();
            Chromium.shot(page, "peers");

            page.getByTestId("tab-skills").click();
            Program.drop("disk", second.deploy());
            assertThat(page.locator("[data-testid=skills-row][data-id=disk][data-host=second]"))
                    .isVisible();
            Chromium.shot(page, "skills");

            page.getByTestId("tab-ask").click();
            page.getByTestId("ask-input").fill("how much space is free on second at / ?");
            page.getByTestId("ask-submit").click();
            assertThat(page.getByTestId("ask-answer")).containsText("free");
            Chromium.shot(page, "ask");
            String trace = aTaskOfTwoHosts(page, first);
            String asked = aQuestionOfTwoHosts(page, first);
            page.getByTestId("tab-peers").click();
            assertThat(page.locator("weft-mesh-map .edge.p2p")).hasCount(1);
            page.locator("[data-testid=peers-row][data-name=second] a").click();
            assertThat(page.locator("weft-peers")).containsText("Disk space");
            Chromium.shot(page, "peer");

            page.getByTestId("tab-skills").click();
            Files.delete(second.deploy().resolve("disk.jar"));
            assertThat(page.locator("[data-testid=skills-row][data-id=disk]")).hasCount(0);

            page.getByTestId("tab-peers").click();
            assertEquals(0, second.stop());
            assertThat(
                            page.locator(
                                    "[data-testid=peers-row][data-name=second][data-health=active]"))
                    .hasCount(0);
            aHostThatIsAwayDoesNotTellItsPart(page, first, trace, asked);
            assertEquals(List.of(), chromium.complaints());
        }
    }

    /** The agent of this host had a skill of the other called.
     * @return the trace */
    private static String aTaskOfTwoHosts(Page page, TestHost host) {
        page.getByText("Where the time went").click();
        assertThat(page.getByTestId("span")).hasCount(1);
        assertThat(page.getByTestId("span")).containsText("disk.usage on second");
        assertThat(page.getByTestId("waterfall").locator("rect[class^=hop]").first()).isVisible();
        page.getByTestId("span").locator("a").click();
        var steps = page.getByTestId("timeline");
        assertThat(steps).containsText("submitted on first");
        assertThat(steps).containsText("working on second");
        assertThat(steps).containsText("completed on second");
        assertThat(steps.locator("rect.hop0").first()).isAttached();
        assertThat(steps.locator("rect.hop1").first()).isAttached();
        Chromium.shot(page, "task-of-two-hosts");
        page.getByTestId("trace-link").click();
        assertThat(page.locator("weft-trace")).containsText("runs on second");
        String shown = page.url();
        return shown.substring(shown.length() - 32);
    }

    /** The agent of the other host was asked, and what it did only that host knows.
     * @return the trace */
    private static String aQuestionOfTwoHosts(Page page, TestHost host) {
        String trace =
                host.json("ask", "how much space is free at / ?", "--agent", "second")
                        .path("trace")
                        .asText();
        page.navigate(host.url() + "/#/tasks/trace/" + trace);
        assertThat(page.getByTestId("span")).hasCount(2);
        assertThat(page.getByTestId("span").first()).containsText("agent.ask on second");
        assertThat(page.getByTestId("span").last()).containsText("disk.usage on second");
        assertThat(page.getByTestId("missing")).hasCount(0);
        Chromium.shot(page, "trace-of-two-hosts");
        Chromium.usable(page, "a trace of two hosts");
        return trace;
    }

    /** What is known here is shown, and who does not tell is named. */
    private static void aHostThatIsAwayDoesNotTellItsPart(
            Page page, TestHost host, String task, String question) {
        for (String trace : List.of(task, question)) {
            page.navigate(host.url() + "/#/tasks/trace/" + trace);
            page.reload();
            assertThat(page.getByTestId("missing")).hasText(AWAY);
            assertThat(page.getByTestId("span")).hasCount(1);
        }
        assertThat(page.getByTestId("span")).containsText("agent.ask on ");
        Chromium.shot(page, "trace-with-a-host-away");
        Chromium.usable(page, "a trace with a host away");
    }
}
