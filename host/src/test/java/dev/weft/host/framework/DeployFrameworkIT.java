package dev.weft.host.framework;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.deploy.Deployments;
import dev.weft.api.deploy.Deployments.Deployment;
import dev.weft.api.deploy.Deployments.State;
import dev.weft.api.skill.Skills;
import dev.weft.api.task.Task;
import dev.weft.api.task.TaskHandle;
import dev.weft.api.task.TaskRequest;
import dev.weft.api.task.TaskState;
import dev.weft.api.task.Tasks;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.inject.Inject;
import org.junit.After;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/** The deploy folder, the skill runtime and the task engine together, in the composed distribution. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class DeployFrameworkIT {
    private static final Path ROOT = Path.of("target/framework-test/deploy").toAbsolutePath();
    private static final Path JARS = ROOT.resolve("jars");
    private static final Path DEPLOY = ROOT.resolve("data/deploy");

    @Inject private Deployments deployments;

    @Inject private Skills skills;

    @Inject private Tasks tasks;

    @Inject private BundleContext context;

    @Configuration
    public Option[] configuration() throws Exception {
        Files.createDirectories(DEPLOY);
        SkillJars.make(JARS, "greeter-1.jar", "greeter", "1.0.0");
        SkillJars.make(JARS, "greeter-2.jar", "greeter", "2.0.0");
        SkillJars.make(JARS, "thrower.jar", "thrower", "1.0.0");
        SkillJars.make(JARS, "hanger.jar", "hanger", "1.0.0");
        SkillJars.make(
                JARS,
                "needy.jar",
                "greeter",
                "1.0.0",
                "Bundle-SymbolicName",
                "dev.weft.fixture.needy",
                "Import-Package",
                "com.acme.missing;version=\"[1,2)\",*");
        SkillJars.make(
                JARS,
                "fragment.jar",
                "greeter",
                "1.0.0",
                "Bundle-SymbolicName",
                "dev.weft.fixture.fragment",
                "Fragment-Host",
                "dev.weft.tasks");
        Files.writeString(JARS.resolve("nozip.jar"), "no zip at all");
        return new Option[] {Composition.of("agent", ROOT.resolve("data"))};
    }

    @After
    public void empty() throws Exception {
        try (var files = Files.list(DEPLOY)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.deleteIfExists(file);
            }
        }
        Await.until(
                "the condition",
                () -> deployments.list().isEmpty() && skills.installed().isEmpty());
    }

    /** Reference defect 6. */
    @Test
    public void dropped_skill_is_callable_and_gone_when_its_file_is_gone() throws Exception {
        drop("greeter-1.jar", "greeter.jar");
        Await.until("the condition", () -> skills.find("greeter").isPresent());
        assertEquals("hello Ada from 1.0.0", answer("greeter.greet", "{\"name\":\"Ada\"}"));
        assertEquals(2, skills.find("greeter").orElseThrow().tools().size());
        JsonNode schema = skills.find("greeter").orElseThrow().tool("greet").orElseThrow().schema();
        assertEquals("string", schema.path("properties").path("name").path("type").asText());
        assertEquals("name", schema.path("required").path(0).asText());
        Files.delete(DEPLOY.resolve("greeter.jar"));
        Await.until(
                "the condition",
                () -> skills.find("greeter").isEmpty() && bundles("dev.weft.fixture.greeter") == 0);
        Task gone = call("greeter.greet", "{\"name\":\"Ada\"}");
        assertEquals(TaskState.REJECTED, gone.state());
        assertEquals("unknown_skill", gone.error().code());
    }

    @Test
    public void replaced_skill_lets_the_running_call_finish_on_the_old_code() throws Exception {
        drop("greeter-1.jar", "greeter.jar");
        Await.until("the condition", () -> skills.find("greeter").isPresent());
        String end = "weft.test.greeter.end";
        TaskHandle slow = submit("greeter.work", "{\"until\":\"" + end + "\"}");
        Await.until("the condition", () -> slow.task().state() == TaskState.WORKING);
        drop("greeter-2.jar", "greeter.jar");
        Await.until(
                "the condition",
                () ->
                        skills.find("greeter")
                                .map(card -> card.version().startsWith("2."))
                                .orElse(false));
        assertFalse("the old call still runs while the new version answers", slow.done().isDone());
        assertEquals("hello Bob from 2.0.0", answer("greeter.greet", "{\"name\":\"Bob\"}"));
        System.setProperty(end, "now");
        assertEquals("hello from 1.0.0", slow.done().get(60, TimeUnit.SECONDS).result().asText());
        System.clearProperty(end);
        Await.until("the condition", () -> bundles("dev.weft.fixture.greeter") == 1);
    }

    @Test
    public void bad_jars_are_refused_with_a_reason_and_touch_nothing_else() throws Exception {
        drop("greeter-1.jar", "greeter.jar");
        Await.until("the condition", () -> skills.find("greeter").isPresent());
        for (String bad : new String[] {"nozip.jar", "needy.jar", "thrower.jar", "fragment.jar"}) {
            drop(bad, bad);
        }
        assertRefused("nozip.jar", "zip");
        assertRefused("needy.jar", "com.acme.missing");
        assertRefused("thrower.jar", "the sensor is not plugged in");
        assertRefused("fragment.jar", "ragment");
        assertEquals("hello Eve from 1.0.0", answer("greeter.greet", "{\"name\":\"Eve\"}"));
        assertEquals(0, bundles("dev.weft.fixture.thrower"));
    }

    @Test
    public void skill_that_never_starts_is_given_up_and_others_go_on() throws Exception {
        drop("hanger.jar", "hanger.jar");
        drop("greeter-1.jar", "greeter.jar");
        Await.until("the condition", () -> skills.find("greeter").isPresent());
        assertFalse("it is not given up yet", isRefused("hanger.jar"));
        assertRefused("hanger.jar", "start");
        assertEquals("hello Kim from 1.0.0", answer("greeter.greet", "{\"name\":\"Kim\"}"));
    }

    @Test
    public void arguments_that_do_not_fit_are_named() throws Exception {
        drop("greeter-1.jar", "greeter.jar");
        Await.until("the condition", () -> skills.find("greeter").isPresent());
        Task wrong = call("greeter.greet", "{\"name\":5}");
        assertEquals(TaskState.REJECTED, wrong.state());
        assertEquals("bad_arguments", wrong.error().code());
        assertTrue(
                wrong.error().message(),
                wrong.error().message().contains("name")
                        && wrong.error().message().contains("string"));
        Task missing = call("greeter.greet", "{}");
        assertTrue(missing.error().message(), missing.error().message().contains("name"));
        Task unknown = call("greeter.nonsuch", "{}");
        assertEquals("unknown_tool", unknown.error().code());
    }

    private void drop(String jar, String as) throws IOException {
        Path part = DEPLOY.resolve("." + as + ".part");
        Files.copy(JARS.resolve(jar), part, StandardCopyOption.REPLACE_EXISTING);
        Files.move(
                part,
                DEPLOY.resolve(as),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    private void assertRefused(String file, String reason) throws Exception {
        Await.until(file, () -> isRefused(file));
        String said = find(file).orElseThrow().reason();
        assertTrue(said, said.contains(reason));
        assertTrue(Files.readString(DEPLOY.resolve(file + ".error")).contains(reason));
    }

    private boolean isRefused(String file) {
        return find(file)
                .map(found -> found.state() == State.REFUSED || found.state() == State.QUARANTINED)
                .orElse(false);
    }

    private Optional<Deployment> find(String file) {
        return deployments.list().stream().filter(found -> found.file().equals(file)).findFirst();
    }

    private long bundles(String symbolicName) {
        return Arrays.stream(context.getBundles())
                .filter(
                        bundle ->
                                symbolicName.equals(bundle.getSymbolicName())
                                        && bundle.getState() != Bundle.UNINSTALLED)
                .count();
    }

    private TaskHandle submit(String skill, String input) {
        return tasks.submit(
                new TaskRequest(
                        skill,
                        Wire.tree(input),
                        Optional.empty(),
                        new AgentId("tester"),
                        Duration.ofSeconds(60),
                        0));
    }

    private String answer(String skill, String input) throws Exception {
        Task task = call(skill, input);
        assertEquals(String.valueOf(task.error()), TaskState.COMPLETED, task.state());
        return task.result().asText();
    }

    private Task call(String skill, String input) throws Exception {
        return submit(skill, input).done().get(60, TimeUnit.SECONDS);
    }
}
