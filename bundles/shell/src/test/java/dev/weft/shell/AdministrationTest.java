package dev.weft.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.agent.Agent;
import dev.weft.api.audit.Audit;
import dev.weft.api.catalog.Catalog;
import dev.weft.api.catalog.Installed;
import dev.weft.api.catalog.Listing;
import dev.weft.api.catalog.Plan;
import dev.weft.api.catalog.Repository;
import dev.weft.api.deploy.Deployments;
import dev.weft.api.identity.AccessKeys;
import dev.weft.api.identity.Role;
import dev.weft.api.llm.Llm;
import dev.weft.api.skill.SkillSettings;
import dev.weft.api.skill.Skills;
import dev.weft.protocol.Wire;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.felix.gogo.runtime.CommandProcessorImpl;
import org.apache.felix.gogo.runtime.threadio.ThreadIOImpl;
import org.apache.felix.service.command.CommandSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Questions, keys and the catalog, typed into a real Gogo session. */
@Timeout(120)
class AdministrationTest {
    private static final String PRINT = "ab".repeat(32);
    private static final Repository CAMP =
            new Repository(
                    "camp",
                    "https://camp.example",
                    PRINT,
                    0,
                    "signed-by-trusted",
                    3,
                    "2030-01-01T00:00:00Z",
                    false,
                    "",
                    "",
                    4,
                    List.of(new Repository.Publisher("org.camp", "Camp", PRINT, false)));

    private final List<String> calls = new ArrayList<>();
    private final List<String> audited = new ArrayList<>();
    private final Questions questions = new Questions();
    private final Keys keys = new Keys();
    private final Installs installs = new Installs();
    private final Repositories repositories = new Repositories();
    private final Models models = new Models();
    private final SkillCare care = new SkillCare();
    private final Upkeep upkeep = new Upkeep();
    private final Copies copies = new Copies();
    private final ThreadIOImpl io = new ThreadIOImpl();
    private final CommandProcessorImpl gogo = new CommandProcessorImpl(io);
    private final ByteArrayOutputStream console = new ByteArrayOutputStream();
    private CommandSession session;
    private String answer = "yes";

    @BeforeEach
    void open() {
        io.start();
        questions.program =
                keys.program =
                        installs.program =
                                repositories.program =
                                        models.program =
                                                care.program =
                                                        upkeep.program = Services.noProgram();
        gogo.addCommand("weft", questions, "ask");
        gogo.addCommand("weft", keys, "keys");
        gogo.addCommand("weft", keys, "key");
        gogo.addCommand("weft", repositories, "catalog");
        gogo.addCommand("weft", models, "llm");
        gogo.addCommand("weft", care, "skill");
        gogo.addCommand("weft", upkeep, "deploy");
        gogo.addCommand("weft", upkeep, "audit");
        gogo.addCommand("weft", copies, "backup");
        for (String function : List.of("find", "install", "update")) {
            gogo.addCommand("weft", installs, function);
        }
        PrintStream out = new PrintStream(console, true);
        session = gogo.createSession(new ByteArrayInputStream(new byte[0]), out, out);
        Audit log =
                Services.of(
                        Audit.class,
                        Map.of(
                                "record",
                                entry -> {
                                    Audit.Entry written = (Audit.Entry) entry[0];
                                    audited.add(written.what() + " " + written.target());
                                    return null;
                                },
                                "verify",
                                none ->
                                        audited.contains("broken ")
                                                ? new Audit.Verification(false, 3, 1, 3, 2, "hash")
                                                : new Audit.Verification(true, 3, 1, 3, 0, "")));
        keys.audit = log;
        repositories.audit = log;
        models.audit = log;
        care.audit = log;
        upkeep.log = log;
    }

    @AfterEach
    void close() {
        session.close();
        gogo.stop();
        io.stop();
    }

    private String type(String line) throws Exception {
        return String.valueOf(session.execute(line));
    }

    private String refused(String line) {
        return assertThrows(Exception.class, () -> type(line), line).getMessage();
    }

    private Function<Object[], Object> noted(String name, Function<Object[], Object> answers) {
        return arguments -> {
            calls.add(name + " " + Arrays.deepToString(arguments));
            return answers.apply(arguments);
        };
    }

    private void catalog() {
        Plan.Step step =
                new Plan.Step(
                        "install",
                        List.of("text"),
                        "org.camp.text",
                        "",
                        "1.2.0",
                        "text.jar",
                        "",
                        1,
                        "camp",
                        null,
                        "asked for",
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        "ask",
                        List.of("publisher org.camp is not trusted yet"),
                        null);
        Catalog catalog =
                Services.of(
                        Catalog.class,
                        Map.of(
                                "repositories", none -> List.of(CAMP),
                                "refresh", noted("refresh", name -> List.of(CAMP)),
                                "look", address -> CAMP,
                                "add", noted("add", address -> CAMP),
                                "remove", name -> name[0].equals("camp"),
                                "trust", noted("trust", name -> CAMP),
                                "search",
                                        noted(
                                                "search",
                                                query ->
                                                        List.of(
                                                                new Listing(
                                                                        "text",
                                                                        "Text",
                                                                        "",
                                                                        "org.camp.text",
                                                                        "1.2.0",
                                                                        "camp",
                                                                        "org.camp",
                                                                        "",
                                                                        1,
                                                                        List.of(),
                                                                        true,
                                                                        "",
                                                                        "1.1.0"))),
                                "plan",
                                        noted(
                                                "plan",
                                                wish ->
                                                        new Plan(
                                                                "p1",
                                                                "",
                                                                answer,
                                                                "agreed-digest",
                                                                List.of(step),
                                                                List.of())),
                                "apply",
                                        noted(
                                                "apply",
                                                plan ->
                                                        new Plan.Outcome(
                                                                true,
                                                                List.of(
                                                                        new Plan.Result(
                                                                                "install",
                                                                                "org.camp.text",
                                                                                "",
                                                                                "1.2.0",
                                                                                "done",
                                                                                "")),
                                                                ""))));
        installs.catalog = catalog;
        repositories.catalog = catalog;
    }

    @Test
    void caches_are_listed_and_set() throws Exception {
        models.models =
                Services.of(
                        Llm.class,
                        Map.of(
                                "routes",
                                none ->
                                        new TreeMap<>(
                                                Map.of(
                                                        "default",
                                                        List.of("a"),
                                                        "fast",
                                                        List.of("b"))),
                                "caches",
                                none -> Map.of("default", 600L),
                                "usage",
                                none -> Map.of("route:default", new Llm.Usage(7, 3, 0, 0, 0)),
                                "cache",
                                noted("cache", name -> null)));
        List<String> table = type("weft:llm caches").lines().toList();
        assertTrue(table.get(1).matches("default +600 +3 +7"), table::toString);
        assertTrue(table.get(2).matches("fast +off +0 +0"), table::toString);
        type("weft:llm cache fast seconds=60");
        assertEquals(List.of("cache [fast, 60]"), calls);
        assertEquals(List.of("llm.cache fast"), audited);
        assertTrue(refused("weft:llm cache fast").contains("whole number"));
        assertTrue(refused("weft:llm cache fast seconds=soon").contains("whole number"));
        assertEquals(1, calls.size());
    }

    @Test
    void what_is_not_running_is_said_in_words() throws Exception {
        for (String line :
                List.of(
                        "weft:ask hello",
                        "weft:keys",
                        "weft:key revoke k1",
                        "weft:find text",
                        "weft:install text",
                        "weft:install text --on role=edge",
                        "weft:backup /tmp/x.zip",
                        "weft:update",
                        "weft:catalog",
                        "weft:llm",
                        "weft:llm budgets",
                        "weft:llm caches",
                        "weft:skill enable text",
                        "weft:skill pin text",
                        "weft:skill config text",
                        "weft:deploy /tmp/x.jar")) {
            assertTrue(type(line).contains(" is not running on this host"), line);
        }
    }

    @Test
    void a_question_is_answered_and_each_call_told_on_the_way() throws Exception {
        agent();
        assertEquals("Half full.", type("weft:ask how full is the disk"));
        assertEquals(List.of("how full is the disk", "PT5M"), calls);
        assertEquals(
                "· disk.usage on attic, 12 ms: gone",
                console.toString(StandardCharsets.UTF_8).strip());
        assertTrue(refused("weft:ask").startsWith("usage: "));
    }

    @Test
    void a_question_has_images_a_conversation_a_route_and_a_time(@TempDir Path folder)
            throws Exception {
        agent();
        Path picture = folder.resolve("cat.png");
        Files.write(picture, new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
        type(
                "weft:ask what is this --image "
                        + picture
                        + " --conversation cats --route eyes --timeout 9");
        assertEquals(List.of("what is this", "image/png", "catseyesPT9S"), calls);
        assertEquals("", type("weft:ask --stream what is this"));
        assertTrue(console.toString(StandardCharsets.UTF_8).contains("Half full."));
        String gone = folder.resolve("gone.png").toString();
        assertTrue(refused("weft:ask x --image " + gone).contains(gone + " cannot be read"));
        Path text = Files.writeString(folder.resolve("x.png"), "no picture");
        assertTrue(refused("weft:ask x --image " + text).contains("PNG, JPEG, GIF or WebP"));
        assertTrue(refused("weft:ask x --image").contains("needs a value"));
        assertTrue(refused("weft:ask x --timeout 0").contains("--timeout must be"));
        assertTrue(refused("weft:ask x --colour").contains("is no option"));
        assertTrue(refused("weft:ask x --agent edge").contains("over HTTP"));
    }

    private void agent() {
        questions.agent =
                Services.of(
                        Agent.class,
                        Map.of(
                                "ask",
                                arguments -> {
                                    Agent.Question asked = (Agent.Question) arguments[0];
                                    calls.add(asked.prompt());
                                    asked.images().forEach(image -> calls.add(image.mediaType()));
                                    calls.add(
                                            asked.conversation() + asked.route() + asked.timeout());
                                    Agent.Listener listener = (Agent.Listener) arguments[1];
                                    listener.onText("Half ");
                                    listener.onText("full.");
                                    listener.onStep(
                                            new Agent.Step(
                                                    "disk.usage",
                                                    "attic",
                                                    Wire.object(),
                                                    null,
                                                    "gone",
                                                    12));
                                    return CompletableFuture.completedFuture(
                                            new Agent.Answer("Half full.", "rules", List.of()));
                                }));
    }

    @Test
    void a_question_that_fails_says_why() {
        questions.agent =
                Services.of(
                        Agent.class,
                        Map.of(
                                "ask",
                                none ->
                                        CompletableFuture.failedFuture(
                                                new IllegalStateException("no model answers"))));
        assertEquals("no model answers", refused("weft:ask hello"));
    }

    @Test
    void keys_are_made_listed_rotated_and_revoked_and_each_change_is_written_down()
            throws Exception {
        keys.keys =
                Services.of(
                        AccessKeys.class,
                        Map.of(
                                "list",
                                none ->
                                        List.of(
                                                new AccessKeys.KeyInfo(
                                                        "k1", Role.VIEWER, "wall", Instant.now())),
                                "create",
                                noted(
                                        "create",
                                        role ->
                                                new AccessKeys.NewKey(
                                                        "k2", "wk_secret", Role.OPERATOR)),
                                "rotate",
                                id ->
                                        id[0].equals("k1")
                                                ? Optional.of(
                                                        new AccessKeys.NewKey(
                                                                "k1", "wk_next", Role.VIEWER))
                                                : Optional.empty(),
                                "revoke",
                                id -> id[0].equals("k1")));
        String table = type("weft:keys");
        assertTrue(
                table.lines().toList().get(1).matches("k1 +viewer +wall +\\d s +never +-"), table);
        assertTrue(type("weft:key create operator night shift").startsWith("wk_secret\n"));
        assertEquals(List.of("create [OPERATOR, night shift]"), calls);
        assertTrue(type("weft:key rotate k1").startsWith("wk_next\n"));
        assertEquals("key k1 is revoked", type("weft:key revoke k1"));
        assertEquals(List.of("key.create k2", "key.rotate k1", "key.revoke k1"), audited);
        assertTrue(refused("weft:key create boss").contains("roles are admin, operator"));
        assertTrue(refused("weft:key revoke k9").contains("weft:keys"));
        assertTrue(refused("weft:key rotate k9").contains("weft:keys"));
        assertTrue(refused("weft:key burn k1").startsWith("usage: "));
        assertEquals(3, audited.size(), "what was refused changed nothing");
    }

    @Test
    void skills_are_found_and_installed_once_a_person_agrees() throws Exception {
        catalog();
        String found = type("weft:find text tools");
        assertTrue(
                found.lines().toList().get(1).matches("text +1\\.2\\.0 +1\\.1\\.0 +camp +.*"),
                found);
        assertTrue(calls.get(0).contains("text=text tools"), calls.get(0));
        assertTrue(type("weft:install text@1.2.0").contains("org.camp.text"));
        answer = "ask";
        calls.clear();
        String asks = refused("weft:update");
        assertTrue(asks.contains("--yes") && asks.contains("not trusted yet"), asks);
        assertTrue(calls.get(0).contains("update=[*]"), calls.get(0));
        assertEquals(1, calls.size(), "nothing was applied");
        type("weft:update text --yes");
        assertTrue(calls.get(1).contains("update=[text]"), calls.get(1));
        assertEquals("apply [p1, agreed-digest, shell]", calls.get(2));
        answer = "no";
        assertFalse(refused("weft:install text --yes").contains("--yes to agree"));
        assertEquals(4, calls.size(), "a no stays a no");
        assertTrue(refused("weft:install --yes").startsWith("usage: "));
        String planned = type("weft:install text --dry-run");
        assertTrue(planned.contains("the answer would be: no"), planned);
        assertEquals(5, calls.size(), "a plan and no more");
    }

    @Test
    void repositories_are_looked_at_before_they_are_trusted() throws Exception {
        catalog();
        String table = type("weft:catalog");
        assertTrue(table.contains("https://camp.example") && table.contains(PRINT), table);
        String looked = type("weft:catalog add https://camp.example");
        assertTrue(looked.contains("compare it") && looked.contains(PRINT), looked);
        assertEquals(List.of(), audited);
        type("weft:catalog add https://camp.example " + PRINT + " org.camp");
        type("weft:catalog trust camp org.camp " + PRINT);
        type("weft:catalog remove camp");
        type("weft:catalog refresh camp");
        assertEquals(
                List.of("catalog.add camp", "catalog.trust camp", "catalog.remove camp"), audited);
        assertTrue(calls.get(0).contains("signed-by-trusted, [org.camp]"), calls.get(0));
        assertTrue(refused("weft:catalog remove nothing").contains("weft:catalog"));
        assertTrue(refused("weft:catalog paint camp").startsWith("usage: "));
    }

    @Test
    void budgets_are_listed_set_and_raised() throws Exception {
        Llm.Budget budget = new Llm.Budget("skill:text", "day", 1500, 200, 0, 0.5, 0, 0, 1);
        models.models =
                Services.of(
                        Llm.class,
                        Map.of(
                                "models",
                                provider -> List.of("large", "small"),
                                "budgets",
                                none -> List.of(budget),
                                "limit",
                                noted("limit", name -> budget),
                                "raise",
                                noted("raise", name -> budget)));
        assertEquals("large\nsmall", type("weft:llm models local"));
        String table = type("weft:llm budgets");
        assertTrue(
                table.lines().toList().get(1).matches("skill:text +day +200 +1500 +0\\.5000 +- +1"),
                table);
        type("weft:llm budget skill:text per=day tokens=1500");
        type("weft:llm raise skill:text money=0.5");
        assertEquals(
                List.of("limit [skill:text, day, 1500, 0.0]", "raise [skill:text, 0, 0.5]"), calls);
        assertEquals(List.of("llm.budget skill:text", "llm.raise skill:text"), audited);
        assertTrue(refused("weft:llm raise skill:text tokens=many").contains("whole number"));
        assertTrue(refused("weft:llm raise skill:text apples=3").contains("usage: "));
        assertTrue(refused("weft:llm sing").startsWith("usage: "));
        assertEquals(2, audited.size());
    }

    @Test
    void skills_are_switched_pinned_and_configured() throws Exception {
        care.skills = Services.of(Skills.class, Map.of("enable", noted("enable", id -> null)));
        care.catalog =
                Services.of(
                        Catalog.class,
                        Map.of(
                                "choose",
                                noted(
                                        "choose",
                                        id ->
                                                id[0].equals("text")
                                                        ? Optional.of(
                                                                new Installed(
                                                                        "text", "", "", true, true))
                                                        : Optional.empty())));
        SkillSettings.Settings settings =
                new SkillSettings.Settings(
                        "pid",
                        Wire.tree("{\"properties\":{\"code\":{\"type\":\"string\"}}}"),
                        Wire.tree("{\"code\":\"7\"}"));
        care.settings =
                Services.of(
                        SkillSettings.class,
                        Map.of(
                                "find",
                                id ->
                                        id[0].equals("text")
                                                ? Optional.of(settings)
                                                : Optional.empty(),
                                "change",
                                noted("change", id -> Optional.of(settings))));
        assertEquals("text is disabled", type("weft:skill disable text"));
        type("weft:skill enable text");
        type("weft:skill pin text");
        type("weft:skill auto text off");
        assertEquals("{\"code\":\"7\"}", type("weft:skill config text"));
        type("weft:skill config text code=007 other=null deep=3");
        assertEquals(
                List.of(
                        "enable [text, false]",
                        "enable [text, true]",
                        "choose [text, true, null]",
                        "choose [text, null, false]",
                        "change [text, {\"code\":\"007\",\"other\":null,\"deep\":3}]"),
                calls);
        assertEquals(
                List.of(
                        "skill.disable text",
                        "skill.enable text",
                        "catalog.choose text",
                        "catalog.choose text",
                        "skill.config text"),
                audited);
        assertTrue(refused("weft:skill pin nothing").contains("weft:deployed"));
        assertTrue(refused("weft:skill config nothing").contains("weft:skills"));
        assertTrue(refused("weft:skill config text code").contains("key=value"));
        assertTrue(refused("weft:skill auto text on").startsWith("usage: "));
        assertTrue(refused("weft:skill paint text").startsWith("usage: "));
    }

    @Test
    void a_file_of_this_machine_is_deployed_and_the_audit_log_checked(@TempDir Path folder)
            throws Exception {
        upkeep.deployments =
                Services.of(
                        Deployments.class,
                        Map.of(
                                "put",
                                file -> {
                                    calls.add("put " + file[0]);
                                    return CompletableFuture.failedFuture(
                                            new IllegalStateException("it is no jar"));
                                }));
        Path jar = Files.writeString(folder.resolve("x.jar"), "no jar");
        assertEquals("it is no jar", refused("weft:deploy " + jar));
        assertEquals(List.of("put x.jar"), calls);
        assertTrue(refused("weft:deploy " + jar + ".gone").contains("there is no file"));
        assertEquals("the chain is whole: 3 records, 1 to 3", type("weft:audit verify"));
        audited.add("broken ");
        assertTrue(refused("weft:audit verify").contains("broken at record 2"));
        assertTrue(refused("weft:audit everything").startsWith("usage: "));
    }
}
