package dev.weft.catalog;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.catalog.CatalogProblem;
import dev.weft.api.catalog.Details;
import dev.weft.api.catalog.Listing;
import dev.weft.api.catalog.Lock;
import dev.weft.api.catalog.Plan;
import dev.weft.api.catalog.Plan.Step;
import dev.weft.api.deploy.Deployments;
import dev.weft.api.signaling.RegistryFiles;
import dev.weft.deploy.SkillJar;
import dev.weft.protocol.SkillCard.ToolCard;
import dev.weft.skill.Confirm;
import dev.weft.skill.TaskContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real framework with the deploy folder and the catalog, and repositories in folders. */
class CatalogTest {
    @TempDir Path home;
    private Market main;
    private CatalogHost host;

    @BeforeEach
    void start() throws Exception {
        main = new Market(home.resolve("markets"), "main");
        host = new CatalogHost(home.resolve("host"));
    }

    @AfterEach
    void stop() throws Exception {
        host.close();
    }

    private static ConditionFactory soon() {
        return await().pollInterval(Duration.ofMillis(10)).atMost(Duration.ofSeconds(30));
    }

    private void add(Market market, String policy, String... trusted) {
        host.catalog.add(market.address(), market.fingerprint(), 0, policy, List.of(trusted));
    }

    private CatalogProblem problem(Runnable call) {
        return assertThrows(CatalogProblem.class, call::run);
    }

    @Test
    void a_skill_is_found_looked_at_planned_installed_and_called() throws Exception {
        main.publish(Market.greet());
        assertEquals(main.fingerprint(), host.catalog.look(main.address()).fingerprint());
        assertEquals(
                CatalogProblem.Kind.REFUSED,
                problem(() -> host.catalog.add(main.address(), "0".repeat(64), 0, "ask", List.of()))
                        .kind());
        assertEquals(List.of(), host.catalog.repositories());
        add(main, "signed-by-trusted", "com.acme");

        Listing listing = host.search("polite").get(0);
        assertEquals("greet", listing.skill());
        assertTrue(listing.compatible(), listing.lacks());
        assertEquals(List.of(), host.search("nowhere"));

        Details details = host.catalog.details("greet", "").orElseThrow();
        assertEquals("passed", details.jar().scan().status(), details.jar().scan().toString());
        assertEquals("signature", details.jar().configuration().get(0).key());
        ToolCard all = details.jar().tools().get(0);
        assertEquals("greet_all", all.name());
        assertEquals(
                "{\"type\":\"object\",\"properties\":{\"people\":{\"type\":\"array\",\"items\":{\"type\":\"object\","
                        + "\"properties\":{\"first\":{\"type\":\"string\"},\"age\":{\"type\":\"integer\"}}},\"description\":\"whom\"},"
                        + "\"tone\":{\"type\":\"string\",\"enum\":[\"CALM\",\"LOUD\"]},\"more\":{\"type\":\"string\"}},"
                        + "\"required\":[\"people\",\"tone\"]}",
                all.schema().toString());

        Plan plan = host.plan("greet");
        assertEquals("yes", plan.answer(), plan.toString());
        Step step = plan.steps().get(0);
        assertEquals("install", step.action());
        assertEquals("com.acme.greet.jar", step.file());
        assertTrue(step.size() > 0);
        soon().until(() -> host.host.bundles("com.acme.greet").isEmpty()); // the trial ends
        assertFalse(Files.exists(home.resolve("host/deploy/com.acme.greet.jar")));

        Plan.Outcome outcome = host.catalog.apply(plan.id(), "", "test");
        assertTrue(outcome.done(), outcome.toString());
        assertEquals("hello", host.host.call("greet.hello"));
        assertEquals("main", host.catalog.installed().get(0).repository());
        assertEquals("com.acme", host.catalog.installed().get(0).publisher());
        assertTrue(
                host.audited.contains("catalog.install com.acme.greet 1.0.0 ok"),
                host.audited.toString());
        assertTrue(
                host.host.events.toString().contains("catalog.progress"),
                host.host.events.toString());
        assertFalse(Files.exists(home.resolve("host/data/catalog/transaction.json")));
        assertEquals("unknown_plan", problem(() -> host.catalog.apply(plan.id(), "", "x")).code());
    }

    @Test
    void the_repository_of_this_hosts_registry_is_read_as_its_member() throws Exception {
        main.publish(Market.greet());
        assertEquals("unreachable", problem(() -> host.catalog.look("registry")).code());
        host.register(
                RegistryFiles.class,
                (path, most) -> {
                    try {
                        Path file = main.folder.resolve(path.replaceFirst("^/repository/", ""));
                        return CompletableFuture.completedFuture(Files.readAllBytes(file));
                    } catch (IOException e) {
                        return CompletableFuture.failedFuture(e);
                    }
                });
        host.catalog.add(
                "registry", main.fingerprint(), 0, "signed-by-trusted", List.of("com.acme"));
        assertTrue(host.install("greet").done());
        assertEquals("hello", host.host.call("greet.hello"));
    }

    @Test
    void a_stranger_is_refused_until_trusted_and_asked_about_where_the_policy_says_so()
            throws Exception {
        main.publish(Market.greet());
        add(main, "signed-by-trusted");
        Plan plan = host.plan("greet");
        assertEquals("no", plan.answer());
        String fingerprint = plan.steps().get(0).publisher().fingerprint();
        assertTrue(plan.steps().get(0).reasons().toString().contains(fingerprint), plan.toString());
        CatalogProblem refused = problem(() -> host.agree(plan));
        assertEquals(CatalogProblem.Kind.REFUSED, refused.kind());
        assertEquals(
                "other_fingerprint",
                problem(() -> host.catalog.trust("main", "com.acme", "0".repeat(64))).code());
        host.catalog.trust("main", "com.acme", fingerprint);
        assertEquals("yes", host.plan("greet").answer());
        host.catalog.distrust("main", "com.acme");
        assertEquals("no", host.plan("greet").answer());

        add(main, "ask");
        Plan asked = host.plan("greet");
        assertEquals("ask", asked.answer());
        assertEquals(
                "agreement_needed",
                problem(() -> host.catalog.apply(asked.id(), "", "test")).code());
        assertTrue(host.agree(asked).done());
        assertTrue(host.catalog.repositories().get(0).publishers().get(0).trusted());
    }

    @Test
    void a_publisher_that_is_called_like_a_trusted_one_is_not_taken_for_it() throws Exception {
        main.publish(Market.greet());
        add(main, "signed-by-trusted", "com.acme");
        Market other = new Market(home.resolve("markets"), "other");
        other.publish(Market.skill("broken"));
        add(other, "ask");
        Plan plan = host.plan("broken");
        assertEquals("ask", plan.answer(), plan.toString());
        String reasons = plan.steps().get(0).reasons().toString();
        assertTrue(
                reasons.contains(
                        "this is not publisher com.acme of repository main, which is trusted here"),
                reasons);
    }

    @Test
    void what_a_skill_needs_comes_in_one_file_and_a_lock_makes_the_same_elsewhere()
            throws Exception {
        main.publish(Market.user(), Market.words(), Market.words().version("1.1.0").says("newer"));
        add(main, "signed-by-trusted", "*");
        Plan plan = host.plan("user");
        assertEquals("yes", plan.answer(), plan.toString());
        Step step = plan.steps().get(0);
        assertEquals("com.acme.user.zip", step.file());
        assertEquals(
                List.of("com.acme.user 1.0.0", "com.acme.words 1.1.0"),
                step.members().stream().map(m -> m.bundle() + " " + m.version()).toList());
        assertEquals("com.acme.user needs package com.acme.words", step.members().get(1).why());
        assertTrue(host.catalog.apply(plan.id(), "", "test").done());
        assertEquals("newer", host.host.call("user.say"));

        main.publish(Market.words().version("1.2.0").says("newest"), Market.greet());
        host.catalog.choose("user", true, null);
        Lock lock = host.catalog.lock();
        try (CatalogHost other = new CatalogHost(home.resolve("other"))) {
            other.catalog.add(
                    main.address(), main.fingerprint(), 0, "signed-by-trusted", List.of("*"));
            other.install("greet");
            Plan like = other.catalog.plan(new Plan.Wish(null, null, null, lock));
            assertEquals("yes", like.answer(), like.toString());
            assertTrue(other.catalog.apply(like.id(), "", "test").done());
            assertEquals(lock, other.catalog.lock());
            assertEquals("newer", other.host.call("user.say"));
        }
        Lock.Locked one = lock.skills().get(0);
        Lock forged =
                new Lock(
                        1,
                        List.of(
                                new Lock.Locked(
                                        one.file(),
                                        "0".repeat(64),
                                        one.repository(),
                                        one.fingerprint(),
                                        one.bundle(),
                                        one.version(),
                                        List.of(
                                                new Plan.Member(
                                                        "com.acme.user",
                                                        "1.0.0",
                                                        one.members().get(0).sha256(),
                                                        1,
                                                        "skill"),
                                                new Plan.Member(
                                                        "com.acme.words",
                                                        "1.0.0",
                                                        "0".repeat(64),
                                                        1,
                                                        "")),
                                        false)),
                        List.of());
        assertEquals(
                "not_as_locked",
                problem(() -> host.catalog.plan(new Plan.Wish(null, null, null, forged))).code());
    }

    @Test
    void dependency_confusion_brings_nothing_from_the_lesser_repository() throws Exception {
        main.publish(Market.user(), Market.words(), Market.greet());
        Market evil = new Market(home.resolve("markets"), "evil");
        evil.publish(Market.words().version("1.9.0").says("evil"), Market.greet().version("9.0.0"));
        host.catalog.add(main.address(), main.fingerprint(), 10, "signed-by-trusted", List.of("*"));
        add(evil, "signed-by-trusted", "*");
        Step user = host.plan("user").steps().get(0);
        assertEquals(
                List.of("com.acme.user 1.0.0", "com.acme.words 1.0.0"),
                user.members().stream().map(m -> m.bundle() + " " + m.version()).toList());
        Step greet = host.plan("greet").steps().get(0);
        assertEquals("main 1.0.0", greet.repository() + " " + greet.to());
        assertTrue(host.install("greet").done());
        assertTrue(host.update("greet").steps().isEmpty(), "an update stays with its repository");
    }

    @Test
    void a_trusted_skill_that_turns_bad_at_version_16_is_refused_and_the_good_one_runs_on()
            throws Exception {
        main.publish(Market.greet());
        add(main, "signed-by-trusted", "*");
        assertTrue(host.install("greet").done());
        host.catalog.choose("greet", null, true);
        main.publish(
                SkillJar.of(SkillJar.class, "com.acme.greet", "dev.weft.deploy.sample.exiting")
                        .version("16.0.0"));
        host.catalog.refresh("");
        Plan plan = host.plan("com.acme.greet");
        assertEquals("no", plan.answer(), plan.toString());
        assertTrue(
                plan.steps().get(0).reasons().toString().contains("ends the host"),
                plan.toString());
        assertEquals(CatalogProblem.Kind.REFUSED, problem(() -> host.agree(plan)).kind());
        assertEquals("hello", host.host.call("greet.hello"));
        // nobody is asked to approve what cannot be approved
        soon().until(() -> host.host.events.toString().contains("catalog.refused"));
        soon().until(() -> host.health().detail().contains("the update of greet is refused: "));
        assertTrue(host.health().detail().contains("ends the host"), host.health().detail());
        assertEquals(List.of(), host.catalog.waiting());
        assertFalse(host.host.events.toString().contains("catalog.waits"));
        host.catalog.choose("greet", null, false);
        assertTrue(host.health().ok(), host.health().detail());
    }

    @Test
    void an_update_shows_what_is_other_and_asks_and_a_roll_back_needs_no_catalog()
            throws Exception {
        main.publish(Market.greet());
        add(main, "signed-by-trusted", "*");
        host.install("greet");
        assertEquals(List.of(), host.update("*").steps());
        main.publish(Market.skill("greeter").version("2.0.0"));
        host.catalog.refresh("");
        Plan plan = host.update("*");
        assertEquals("ask", plan.answer(), plan.toString());
        List<String> changes =
                plan.steps().get(0).changes().stream()
                        .map(c -> c.kind() + " " + c.what() + ": " + c.before() + " → " + c.after())
                        .toList();
        assertTrue(changes.contains("permissions greet:  → net"), changes.toString());
        assertTrue(
                changes.contains("tools greet: greet_all, hello → hello, look"),
                changes.toString());
        assertTrue(
                changes.stream().anyMatch(c -> c.startsWith("schema greet.hello: ")),
                changes.toString());
        assertTrue(
                changes.stream().anyMatch(c -> c.startsWith("description greet: ")),
                changes.toString());
        assertEquals(
                "agreement_needed", problem(() -> host.catalog.apply(plan.id(), "", "t")).code());
        assertEquals("hello", host.host.call("greet.hello"));
        assertTrue(host.agree(plan).done());
        assertEquals("hello again", host.host.call("greet.hello"));

        host.host.service(Deployments.class).rollback("greet", "").get(60, TimeUnit.SECONDS);
        assertEquals("hello", host.host.call("greet.hello"));
        assertEquals("main", host.catalog.installed().get(0).repository());
        assertEquals("1.0.0", host.catalog.lock().skills().get(0).version());

        host.catalog.choose("greet", true, null);
        assertEquals("pinned", problem(() -> host.update("greet")).code());
        Plan all = host.update("*");
        assertEquals(List.of(), all.steps());
        assertTrue(all.notes().toString().contains("pinned"), all.notes().toString());
    }

    @Test
    void one_that_does_not_start_takes_all_others_back() throws Exception {
        main.publish(
                Market.greet(),
                Market.skill("broken"),
                Market.greet().version("1.5.0").says("five"));
        add(main, "signed-by-trusted", "*");
        host.install("greet@1.0.0");
        String before = host.catalog.lock().toString();
        Plan plan = host.plan("greet@1.5.0", "broken");
        assertEquals("yes", plan.answer(), plan.toString());
        Plan.Outcome outcome = host.agree(plan);
        assertFalse(outcome.done());
        assertEquals(
                List.of("undone", "failed"),
                outcome.steps().stream().map(Plan.Result::state).toList());
        assertTrue(outcome.reason().contains("no sensor on this machine"), outcome.reason());
        assertEquals(before, host.catalog.lock().toString());
        assertEquals("hello", host.host.call("greet.hello"));
        assertFalse(Files.exists(home.resolve("host/deploy/com.acme.broken.jar")));
        assertFalse(Files.exists(home.resolve("host/data/catalog/transaction.json")));
        assertTrue(host.audited.contains("catalog.install com.acme.broken 1.0.0 undone"));
    }

    @Test
    void what_is_yanked_stays_and_what_is_revoked_goes() throws Exception {
        main.publish(Market.greet(), Market.greet().version("1.1.0").says("b"));
        add(main, "signed-by-trusted", "*");
        host.install("greet");
        main.state("yank", "com.acme.greet", "1.1.0");
        host.catalog.refresh("");
        assertEquals("hello", host.host.call("greet.hello"));
        assertEquals("1.0.0", host.search("greet").get(0).version());
        Details details = host.catalog.details("greet", "1.1.0").orElseThrow();
        assertEquals("yanked", details.versions().get(0).state());
        assertEquals("it leaks secrets", details.versions().get(0).reason());
        Plan plan = host.plan("greet@1.1.0");
        assertEquals(List.of(), plan.steps(), "it runs already");

        main.state("revoke", "com.acme.greet", "*");
        host.catalog.refresh("");
        soon().until(() -> host.host.file("com.acme.greet.jar").isEmpty());
        soon().until(() -> host.health().detail().contains("it leaks secrets"));
        assertTrue(
                host.audited.contains("catalog.revoke com.acme.greet 1.1.0 ok"),
                host.audited.toString());
        assertTrue(host.host.events.toString().contains("catalog.revoked"));
        assertEquals("withdrawn", problem(() -> host.plan("greet")).code());
        Plan old = host.plan("greet@1.0.0");
        assertEquals("no", old.answer());
        assertTrue(old.steps().get(0).reasons().toString().contains("revoked: it leaks secrets"));
    }

    @Test
    void a_plan_is_done_as_it_was_shown_or_not_at_all() throws Exception {
        main.publish(Market.greet());
        add(main, "signed-by-trusted", "*");
        Plan plan = host.plan("greet");
        main.state("yank", "com.acme.greet", "1.0.0");
        host.catalog.refresh("");
        CatalogProblem changed = problem(() -> host.agree(plan));
        assertEquals("changed", changed.code());
        assertTrue(changed.getMessage().contains("yanked"), changed.getMessage());

        main.publish(Market.greet().version("1.1.0").says("b"));
        host.catalog.refresh("");
        Plan other = host.plan("greet");
        host.host.drop("com.acme.greet.jar", Market.greet().says("dropped").bytes());
        soon().until(
                        () ->
                                host.host
                                        .file("com.acme.greet.jar")
                                        .filter(f -> f.state() == Deployments.State.ACTIVE)
                                        .isPresent());
        assertEquals("changed", problem(() -> host.agree(other)).code());
        assertEquals("", host.catalog.installed().get(0).repository());
        Plan over = host.plan("greet");
        assertEquals("ask", over.answer());
        assertTrue(over.steps().get(0).changes().get(0).before().contains("dropped"));
    }

    @Test
    void a_release_takes_the_place_of_a_dropped_file_of_another_name() throws Exception {
        main.publish(Market.greet());
        add(main, "signed-by-trusted", "*");
        host.host.drop("mine.zip", zip(Market.greet().says("dropped").bytes()));
        soon().until(() -> !host.catalog.installed().isEmpty());
        Plan plan = host.plan("greet");
        assertEquals("ask", plan.answer(), plan.toString());
        assertTrue(host.agree(plan).done());
        assertTrue(host.host.file("mine.zip").isEmpty());
        assertEquals("main", host.catalog.installed().get(0).repository());
        assertEquals("hello", host.host.call("greet.hello"));
        soon().until(() -> host.host.bundles("com.acme.greet").size() == 1);
    }

    @Test
    void a_change_waits_for_another_that_is_being_made() throws Exception {
        main.publish(
                Market.greet(),
                SkillJar.of(SkillJar.class, "com.acme.hanging", "dev.weft.deploy.sample.hanging"));
        add(main, "signed-by-trusted", "*");
        Plan slow = host.plan("hanging");
        Plan quick = host.plan("greet");
        CountDownLatch gate = new CountDownLatch(1);
        System.getProperties().put("weft.test.gate", gate);
        try {
            CompletableFuture<Plan.Outcome> first =
                    CompletableFuture.supplyAsync(() -> host.agree(slow));
            soon().until(() -> host.host.file("com.acme.hanging.jar").isPresent());
            FutureTask<Plan.Outcome> second = new FutureTask<>(() -> host.agree(quick));
            Thread waits = new Thread(second);
            waits.start();
            soon().until(() -> waits.getState() == Thread.State.TIMED_WAITING || !waits.isAlive());
            gate.countDown();
            assertTrue(first.get(60, TimeUnit.SECONDS).done());
            assertTrue(second.get(60, TimeUnit.SECONDS).done());
        } finally {
            gate.countDown();
            System.getProperties().remove("weft.test.gate");
        }
    }

    private static byte[] zip(byte[] jar) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry("greet.jar"));
            zip.write(jar);
        }
        return bytes.toByteArray();
    }

    @Test
    void a_skill_that_is_needed_comes_along_and_does_not_go_unasked() throws Exception {
        main.publish(
                Market.greet(),
                SkillJar.of(SkillJar.class, "com.acme.echo", "dev.weft.deploy.sample.echo")
                        .with(
                                "Require-Capability",
                                "weft.skill;filter:=\"(weft.skill=greet)\";effective:=active"));
        add(main, "signed-by-trusted", "*");
        Plan plan = host.plan("echo");
        assertEquals("yes", plan.answer(), plan.toString());
        assertEquals(
                List.of("asked for", "com.acme.echo needs skill greet"),
                plan.steps().stream().map(Step::why).toList());
        assertTrue(host.agree(plan).done());
        assertEquals("hello", host.host.call("greet.hello"));
        Plan without = host.catalog.plan(new Plan.Wish(null, null, List.of("greet"), null));
        assertEquals("ask", without.answer());
        assertEquals(List.of("com.acme.echo needs skill greet"), without.steps().get(0).reasons());
        Plan both = host.catalog.plan(new Plan.Wish(null, null, List.of("greet", "echo"), null));
        assertEquals("yes", both.answer());
    }

    @Test
    void an_expired_or_missing_repository_can_be_looked_at_and_installs_nothing() throws Exception {
        main.publish(Market.greet());
        add(main, "signed-by-trusted", "*");
        Files.move(main.folder, home.resolve("away"));
        assertTrue(host.catalog.refresh("main").get(0).problem().contains("there is no"));
        assertEquals(1, host.search("greet").size());
        assertEquals("unreachable", problem(() -> host.plan("greet")).code());
        Files.move(home.resolve("away"), main.folder);
        main.writer.snapshot(Duration.ofSeconds(8), main.owner);
        assertEquals("", host.catalog.refresh("main").get(0).problem());
        soon().until(() -> host.catalog.repositories().get(0).expired());
        assertEquals("no", host.plan("greet").answer());
        assertTrue(host.health().detail().contains("expired"), host.health().detail());
    }

    @Test
    void the_deploy_folder_hears_who_has_what_a_dropped_skill_lacks() throws Exception {
        main.publish(Market.words());
        add(main, "signed-by-trusted", "*");
        host.host.drop("user.jar", Market.user().bytes());
        soon().until(
                        () ->
                                host.host
                                        .file("user.jar")
                                        .filter(
                                                f ->
                                                        f.reason()
                                                                .contains(
                                                                        "com.acme.words 1.0.0 of repository main offers it"))
                                        .isPresent());
    }

    @Test
    void what_updates_itself_does_so_only_while_there_is_nothing_to_ask() throws Exception {
        main.publish(Market.greet());
        add(main, "signed-by-trusted", "*");
        host.install("greet");
        host.catalog.choose("greet", null, true);
        main.publish(Market.greet().version("1.1.0").says("other bytes"));
        host.catalog.refresh("");
        soon().until(() -> host.catalog.lock().skills().get(0).version().equals("1.1.0"));
        main.publish(Market.skill("greeter").version("2.0.0"));
        host.catalog.refresh("");
        soon().until(() -> host.host.events.toString().contains("catalog.waits"));
        assertTrue(
                host.host.events.toString().contains("new permissions net"),
                host.host.events.toString());
        assertEquals("1.1.0", host.catalog.lock().skills().get(0).version());
        assertEquals(1, host.catalog.waiting().size());
        assertEquals("greet", host.catalog.waiting().get(0).skill());
        host.agree(host.catalog.plan(new Plan.Wish(null, List.of("greet"), null, null)));
        soon().until(() -> host.catalog.waiting().isEmpty());
    }

    @Test
    void another_agent_gets_what_the_policy_says_yes_to_and_the_reason_for_the_rest()
            throws Exception {
        main.publish(Market.greet());
        add(main, "ask");
        RemoteInstalls remote = new RemoteInstalls(host.catalog);
        TaskContext task =
                (TaskContext)
                        Proxy.newProxyInstance(
                                TaskContext.class.getClassLoader(),
                                new Class<?>[] {TaskContext.class},
                                (proxy, method, arguments) ->
                                        method.getName().equals("caller") ? "agent-2" : null);
        RemoteInstalls.Planned planned = remote.plan(List.of("greet"));
        assertEquals("ask", planned.answer());
        assertTrue(planned.detail().startsWith("com.acme.greet 1.0.0: "), planned.detail());
        assertEquals("no", remote.plan(List.of("nothing")).answer());
        RemoteInstalls.Result asked = remote.install(List.of("greet"), task);
        assertFalse(asked.done());
        assertTrue(asked.detail().startsWith("a person must agree on this host"), asked.detail());
        assertFalse(remote.install(List.of("nothing"), task).done());
        assertEquals(List.of(), host.catalog.installed());
        host.agree(host.plan("greet"));
        main.publish(Market.greet().version("1.1.0").says("b"));
        host.catalog.refresh("");
        RemoteInstalls.Result done = remote.install(List.of("greet"), task);
        assertEquals(new RemoteInstalls.Result(true, "com.acme.greet 1.0.0 → 1.1.0"), done);
        assertTrue(remote.install(List.of("greet"), task).detail().contains("runs already"));
        assertTrue(
                ApprovedInstalls.class
                        .getMethod("install", List.class, TaskContext.class)
                        .isAnnotationPresent(Confirm.class));
    }

    @Test
    void skills_go_and_a_restart_knows_all_of_it_offline() throws Exception {
        main.publish(Market.greet());
        add(main, "signed-by-trusted", "*");
        host.install("greet");
        host.catalog.choose("greet", null, true);
        Files.move(main.folder, home.resolve("away"));
        host.close();
        host = new CatalogHost(home.resolve("host"));
        soon().until(
                        () ->
                                !host.catalog.repositories().isEmpty()
                                        && !host.catalog.installed().isEmpty());
        assertEquals(1, host.search("greet").size());
        assertTrue(host.catalog.installed().get(0).automatic());
        assertEquals("main", host.catalog.installed().get(0).repository());
        Plan plan = host.catalog.plan(new Plan.Wish(null, null, List.of("greet"), null));
        assertEquals("uninstall", plan.steps().get(0).action());
        assertTrue(host.agree(plan).done());
        assertEquals(List.of(), host.catalog.installed());
        assertEquals("not_installed", problem(() -> host.update("greet")).code());
    }
}
