package dev.weft.host.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import dev.weft.api.identity.HostKey;
import dev.weft.host.fixture.markup.Markup;
import dev.weft.host.framework.SkillJars;
import dev.weft.skill.repository.Publishers.Publisher;
import dev.weft.skill.repository.RepositoryWriter;
import dev.weft.skill.repository.Role;
import dev.weft.skill.repository.Root;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A repository in a folder, and a person at a browser who has skills from it. */
@Tag("once")
class UiCatalogIT {
    private static final String NAMESPACE = "dev.weft.fixture";
    private static final String PUBLISHER = "<img src=x onerror=\"ran.push('publisher')\">";
    private static final String README =
            """
            # <script>ran.push('readme')</script>
            <img src=x onerror="ran.push('image')"> <body onload="ran.push('body')">
            <iframe srcdoc="<script>parent.ran.push('frame')</script>"></iframe>
            [read](javascript:ran.push('markdown')) <a href="javascript:ran.push('link')">me</a>
            """;
    @TempDir Path folder;
    private RepositoryWriter writer;
    private HostKey owner;
    private HostKey publisher;

    private Root open() throws Exception {
        owner = HostKey.loadOrCreate(folder.resolve("keys/owner"));
        publisher = HostKey.loadOrCreate(folder.resolve("keys/publisher"));
        writer = new RepositoryWriter(folder.resolve("market"), Clock.systemUTC());
        Root root = writer.create("market", owner);
        writer.publisher(
                new Publisher(NAMESPACE, PUBLISHER, Role.of(publisher.publicKey())), owner);
        publish("greeter", "1.0.0");
        return root;
    }

    private void publish(String fixture, String version) throws Exception {
        publish(fixture, version, "Bundle-SymbolicName", NAMESPACE + ".greeter");
    }

    private Path publish(String fixture, String version, String... extra) throws Exception {
        Path jar =
                SkillJars.make(
                        folder.resolve("jars"),
                        fixture + version + ".jar",
                        fixture,
                        version,
                        extra);
        writer.publish(NAMESPACE, jar, publisher);
        writer.snapshot(Duration.ofDays(1), owner);
        return jar;
    }

    @Test
    void a_skill_is_looked_at_installed_updated_and_rolled_back() throws Exception {
        Root root = open();
        try (TestHost host = new TestHost(folder.resolve("host"), "host").start();
                Chromium chromium = new Chromium();
                Page page = chromium.page(1280, 900, "light")) {
            chromium.signIn(page, host);
            page.getByTestId("tab-skills").click();
            page.getByTestId("tab-skills-catalog").click();
            page.locator("weft-repositories summary").click();
            page.getByTestId("repository-address").fill(folder.resolve("market").toString());
            page.getByTestId("repository-look").click();
            assertThat(page.getByTestId("repository-fingerprint")).hasText(root.fingerprint());
            page.getByTestId("repository-policy").selectOption("ask");
            page.getByTestId("repository-add").click();
            Locator row = page.locator("[data-testid=catalog-row][data-id=greeter]");
            assertThat(row).hasAttribute("data-state", "not here");
            shown(page, "catalog");

            page.getByTestId("tab-approvals").click();
            assertThat(page.locator("[data-testid=publisher-row]")).containsText(NAMESPACE);

            page.navigate(host.url() + "/#/catalog/greeter");
            assertThat(page.getByTestId("catalog-scan")).containsText("scan");
            assertThat(page.getByTestId("catalog-hosts")).containsText("none");
            shown(page, "catalog-skill");
            page.getByTestId("catalog-install").click();
            assertThat(page.getByTestId("plan-step")).hasAttribute("data-action", "install");
            assertThat(page.getByTestId("plan-apply")).isDisabled();
            shown(page, "plan");
            apply(page);
            assertThat(page.getByTestId("catalog-hosts")).containsText("host");

            publish("greeter", "2.0.0");
            refresh(page, host);
            assertThat(row).hasAttribute("data-state", "update");
            row.locator("a").click();
            page.getByTestId("catalog-update").click();
            assertThat(page.getByTestId("plan-step")).hasAttribute("data-action", "update");
            apply(page);
            page.getByTestId("catalog-rollback").click();
            page.getByTestId("confirm").click();
            assertThat(page.locator("weft-catalog h2")).containsText("1.0.0 is here");

            publish("appender", "3.0.0"); // the same bundle, with other tools
            refresh(page, host);
            assertThat(page.locator("[data-testid=catalog-row][data-id=appender]")).isVisible();
            page.getByTestId("update-all").click();
            assertThat(page.getByTestId("plan-changes")).containsText("tools");
            shown(page, "update");
            page.getByTestId("plan-close").click();
            assertTrue(host.lists("greeter", "host"), "a plan changes nothing");
            whatAPublisherWroteIsShownAndNotRun(page, host);
            assertEquals(List.of(), chromium.complaints());
            aScriptThatGotInWouldBeStopped(page, chromium);
        }
    }

    /** Everything that a publisher or a skill says of itself is text. */
    private void whatAPublisherWroteIsShownAndNotRun(Page page, TestHost host) throws Exception {
        Path readme = Files.writeString(folder.resolve("README.md"), README);
        Path jar = publish("markup", "1.0.0", "-includeresource", "README.md=" + readme);
        page.addInitScript("window.ran = []");
        page.reload();
        refresh(page, host);
        Locator row = page.locator("[data-testid=catalog-row][data-id=markup]");
        assertThat(row).containsText(Markup.TITLE);
        row.locator("a").click();
        Locator view = page.locator("weft-catalog");
        for (String text :
                List.of(
                        Markup.TITLE,
                        Markup.DESCRIPTION,
                        Markup.TOOL,
                        PUBLISHER,
                        "ran.push('readme')</script>",
                        "ran.push('frame')</script>")) {
            assertThat(view).containsText(text);
        }
        Chromium.shot(page, "catalog-markup");
        page.getByTestId("catalog-install").click(); // the scan says what such a title is for
        assertThat(page.getByTestId("plan-step")).containsText(Markup.TITLE);
        assertThat(page.getByTestId("plan-step")).containsText("not allowed");
        page.getByTestId("plan-close").click();
        Files.copy(jar, host.deploy().resolve("markup.jar")); // what a person drops is not scanned
        TestHost.await("the skill", () -> host.lists("markup", "host"));

        page.navigate(host.url() + "/#/skills/markup@" + agent(host));
        assertThat(page.locator("weft-skills h2")).containsText(Markup.TITLE);
        assertThat(page.locator("weft-skills")).containsText(Markup.DESCRIPTION);
        Locator tool = page.locator("[data-testid=tool][data-name=echo]");
        assertThat(tool).containsText(Markup.TOOL);
        assertThat(tool).containsText(Markup.ARGUMENT);
        tool.locator("textarea").first().fill(Markup.TITLE);
        tool.getByTestId("try").click();
        assertThat(tool.getByTestId("try-result")).containsText("ran.push('result')");
        tool.getByText("the task").click();
        assertThat(page.locator("weft-tasks")).containsText("ran.push('result')");
        assertThat(page.locator("weft-tasks")).containsText("ran.push('title')");
        for (String place :
                List.of("overview", "peers", "skills", "catalog", "approvals", "audit")) {
            page.navigate(host.url() + "/#/" + place);
            assertThat(page.locator("weft-" + place + " h2").first()).isVisible();
        }
        assertEquals("[]", page.evaluate("JSON.stringify(window.ran)"));
        assertThat(page.locator("[onerror], [onload], [href^=javascript], [srcdoc], [src=x]"))
                .hasCount(0);
    }

    /** If some day markup got into the page, its policy would still let none of it run; and the page says so, which the test hears. */
    private static void aScriptThatGotInWouldBeStopped(Page page, Chromium chromium) {
        page.evaluate("html => document.body.insertAdjacentHTML('beforeend', html)", Markup.TITLE);
        page.waitForCondition(() -> !chromium.complaints().isEmpty());
        assertEquals("[]", page.evaluate("JSON.stringify(window.ran)"));
    }

    private static String agent(TestHost host) throws Exception {
        return Rest.get(host, "/api/agents").path(0).path("agent_id").asText();
    }

    private static void refresh(Page page, TestHost host) {
        page.navigate(host.url() + "/#/catalog");
        page.getByTestId("repositories-refresh").click();
        assertThat(page.locator("#announce")).containsText("Read");
    }

    private static void apply(Page page) {
        Locator agree = page.getByTestId("plan-agree");
        if (agree.count() > 0) {
            agree.check();
        }
        page.getByTestId("plan-apply").click();
        assertThat(page.getByTestId("plan-outcome")).hasAttribute("data-done", "true");
        page.getByTestId("plan-close").click();
    }

    /** Wide and narrow. */
    private static void shown(Page page, String name) {
        Chromium.shot(page, name + "-wide");
        Chromium.usable(page, name);
        page.setViewportSize(360, 900);
        Chromium.shot(page, name + "-narrow");
        Chromium.usable(page, name + " on a narrow screen");
        page.setViewportSize(1280, 900);
    }
}
