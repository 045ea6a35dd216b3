package dev.weft.host.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.Page;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a person sees in a real Chromium: peers and skills come and go without a reload. */
@Tag("once")
class BrowserIT {
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
            assertEquals(List.of(), chromium.complaints());
        }
    }
}
