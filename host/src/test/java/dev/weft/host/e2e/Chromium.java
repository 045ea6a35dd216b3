package dev.weft.host.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.Rule;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** A real browser, and what its pages complain about. */
final class Chromium implements AutoCloseable {
    /** For all that a page is to show or to take. */
    private static final int PATIENCE_MILLIS = 90_000;

    private final Playwright playwright =
            Playwright.create(
                    new Playwright.CreateOptions()
                            .setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    private final Browser browser =
            playwright
                    .chromium()
                    .launch(
                            new BrowserType.LaunchOptions()
                                    .setTimeout(PATIENCE_MILLIS)
                                    .setExecutablePath(Path.of(System.getProperty("weft.browser")))
                                    .setArgs(
                                            List.of(
                                                    "--no-sandbox",
                                                    "--disable-gpu",
                                                    "--disable-background-networking",
                                                    "--disable-component-update",
                                                    "--disable-sync")));
    private final List<String> complaints = new CopyOnWriteArrayList<>();

    Chromium() {
        PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MILLIS);
    }

    /** A page in a browser profile of its own.
     * @param scheme light or dark */
    Page page(int width, int height, String scheme) {
        Page page =
                browser.newPage(
                        new Browser.NewPageOptions()
                                .setViewportSize(width, height)
                                .setColorScheme(
                                        ColorScheme.valueOf(scheme.toUpperCase(Locale.ROOT))));
        page.setDefaultTimeout(PATIENCE_MILLIS);
        page.onPageError(complaints::add);
        page.onConsoleMessage(
                message -> {
                    if (message.text().contains("Content Security Policy")) {
                        complaints.add(message.text());
                    }
                });
        return page;
    }

    void signIn(Page page, TestHost host) throws IOException {
        page.navigate(host.url() + "/");
        page.getByTestId("signin-key").fill(host.localKey());
        page.getByTestId("signin-submit").click();
        assertThat(page.getByTestId("conn-state")).hasAttribute("data-state", "live");
    }

    /** Script errors and breaches of the page's policy. */
    List<String> complaints() {
        return complaints;
    }

    /** Nothing serious for who cannot see or point, and nothing beside the screen. */
    static void usable(Page page, String what) {
        List<String> findings =
                new AxeBuilder(page)
                        .analyze().getViolations().stream()
                                .filter(rule -> serious(rule.getImpact()))
                                .map(Chromium::describe)
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

    /** Kept as a build artefact, for people to look at. */
    static void shot(Page page, String name) {
        page.screenshot(
                new Page.ScreenshotOptions().setPath(Path.of("target/screenshots", name + ".png")));
    }

    @Override
    public void close() {
        browser.close();
        playwright.close();
    }
}
