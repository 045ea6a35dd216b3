package dev.weft.host.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a person sees in a real Chromium: peers and skills come and go without a reload. */
class BrowserIT {
    @TempDir Path folder;

    @Test
    void peers_and_skills_appear_and_vanish_without_a_reload() throws Exception {
        List<String> complaints = new ArrayList<>();
        try (TestHost first = new TestHost(folder.resolve("first"), "first").start();
                TestHost second = new TestHost(folder.resolve("second"), "second");
                Playwright playwright =
                        Playwright.create(
                                new Playwright.CreateOptions()
                                        .setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
                Browser browser =
                        playwright
                                .chromium()
                                .launch(
                                        new BrowserType.LaunchOptions()
                                                .setExecutablePath(
                                                        Path.of(System.getProperty("weft.browser")))
                                                .setArgs(
                                                        List.of(
                                                                "--no-sandbox",
                                                                "--disable-gpu",
                                                                "--disable-background-networking",
                                                                "--disable-component-update",
                                                                "--disable-sync")))) {
            Page page = browser.newPage();
            page.onPageError(complaints::add);
            page.onConsoleMessage(
                    message -> {
                        if (message.text().contains("Content Security Policy")) {
                            complaints.add(message.text());
                        }
                    });
            page.navigate(first.url() + "/");
            page.getByTestId("signin-key").fill(first.localKey());
            page.getByTestId("signin-submit").click();
            assertThat(page.getByTestId("conn-state")).hasAttribute("data-state", "live");

            page.getByTestId("tab-peers").click();
            assertThat(page.locator("[data-testid=peers-row][data-name=first]")).isVisible();
            first.admit(second);
            second.start();
            assertThat(
                            page.locator(
                                    "[data-testid=peers-row][data-name=second][data-path=p2p][data-health=active]"))
                    .isVisible(within(20_000));
            shot(page, "peers");

            page.getByTestId("tab-skills").click();
            Program.drop("disk", second.deploy());
            assertThat(page.locator("[data-testid=skills-row][data-id=disk][data-host=second]"))
                    .isVisible(within(10_000));
            shot(page, "skills");

            page.getByTestId("tab-ask").click();
            page.getByTestId("ask-input").fill("how much space is free on second at / ?");
            page.getByTestId("ask-submit").click();
            assertThat(page.getByTestId("ask-answer")).containsText("free");
            shot(page, "ask");

            page.getByTestId("tab-skills").click();
            Files.delete(second.deploy().resolve("disk.jar"));
            assertThat(page.locator("[data-testid=skills-row][data-id=disk]")).hasCount(0);

            page.getByTestId("tab-peers").click();
            assertEquals(0, second.stop());
            assertThat(
                            page.locator(
                                    "[data-testid=peers-row][data-name=second][data-health=active]"))
                    .hasCount(0);
            assertEquals(List.of(), complaints);
        }
    }

    private static com.microsoft.playwright.assertions.LocatorAssertions.IsVisibleOptions within(
            double millis) {
        return new com.microsoft.playwright.assertions.LocatorAssertions.IsVisibleOptions()
                .setTimeout(millis);
    }

    /** Kept as a build artefact, for people to look at. */
    private static void shot(Page page, String name) {
        page.screenshot(
                new Page.ScreenshotOptions().setPath(Path.of("target/screenshots", name + ".png")));
    }
}
