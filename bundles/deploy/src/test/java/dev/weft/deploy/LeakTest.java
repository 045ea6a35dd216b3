package dev.weft.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.deploy.Deployments.State;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.osgi.framework.wiring.BundleWiring;

/** Nothing of a skill stays when it goes; what stays through its own fault is named. */
class LeakTest extends HostTest {
    private static final int REDEPLOYS = Integer.getInteger("weft.test.redeploys", 1000);

    /** Felix keeps the descriptions of a bundle that once used a service, 8 KB, until the service goes: that is as long as the host
     * runs for the one of configurations, which SCR looks for in the name of each. Its classes go. */
    private static final int KEPT = 12 << 10;

    /** What a leak would make grow. */
    private record Figures(long heap, long metaspace, int threads, int loaders) {
        static Figures now(List<WeakReference<ClassLoader>> loaders) {
            System.gc();
            long metaspace =
                    ManagementFactory.getMemoryPoolMXBeans().stream()
                            .filter(pool -> pool.getName().equals("Metaspace"))
                            .map(MemoryPoolMXBean::getUsage)
                            .mapToLong(java.lang.management.MemoryUsage::getUsed)
                            .sum();
            return new Figures(
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
                    metaspace,
                    ManagementFactory.getThreadMXBean().getThreadCount(),
                    (int) loaders.stream().filter(loader -> loader.get() != null).count());
        }
    }

    private void redeploy(int from, int to, List<WeakReference<ClassLoader>> loaders)
            throws Exception {
        for (int n = from; n < to; n++) {
            // Two contents in turn: each is as new as any, for the framework makes a new bundle of
            // it.
            String text = "text " + n % 2;
            host.drop("echo.jar", jars[n % 2]);
            soon().until(() -> says("echo.say", text));
            for (var bundle : host.context().getBundles()) {
                BundleWiring wiring = bundle.adapt(BundleWiring.class);
                if ("test.echo".equals(bundle.getSymbolicName()) && wiring != null) {
                    loaders.add(new WeakReference<>(wiring.getClassLoader()));
                }
            }
        }
        soon().until(() -> host.bundles("test.echo").size() == 1);
    }

    private final byte[][] jars = new byte[2][];

    @Test
    @Tag("once")
    void a_thousand_redeploys_under_calls_leave_everything_at_its_level() throws Exception {
        for (int n = 0; n < 2; n++) {
            jars[n] = SkillJar.of("echo").version("1.0." + n).says("text " + n).bytes();
        }
        List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
        redeploy(0, 100, loaders);
        soon().until(() -> Figures.now(loaders).loaders() <= 2);
        Figures before = Figures.now(loaders);
        long began = System.nanoTime();
        try (Caller caller = new Caller(host, "echo.say")) {
            redeploy(100, REDEPLOYS, loaders);
            caller.more(1);
        }
        long millis = (System.nanoTime() - began) / 1_000_000;
        // The last threads that took something out may still be ending.
        soon().untilAsserted(
                        () -> {
                            Figures after = Figures.now(loaders);
                            String both = before + " -> " + after;
                            // The one that runs, and at most what a stack still holds by chance.
                            assertTrue(after.loaders() <= 2, both);
                            assertTrue(after.heap() < before.heap() + REDEPLOYS * KEPT, both);
                            assertTrue(after.metaspace() < before.metaspace() + (4 << 20), both);
                            assertTrue(after.threads() <= before.threads() + 3, both);
                        });
        System.out.printf(
                "%d redeploys in %d ms: %s -> %s%n",
                REDEPLOYS, millis, before, Figures.now(loaders));
        assertEquals("", host.health().detail());
    }

    @Test
    void what_a_skill_leaves_behind_is_named() throws Exception {
        Path file = host.deploy.resolve("leaving.jar");
        host.drop("leaving.jar", SkillJar.of("leaving").bytes());
        state("leaving.jar", State.ACTIVE);
        host.call("leaving.leave");
        Files.delete(file);
        soon().until(() -> host.events.toString().contains("skill.leaked"));
        String event =
                host.events.stream()
                        .filter(text -> text.startsWith("skill.leaked"))
                        .findFirst()
                        .orElseThrow();
        assertTrue(event.contains("bundle=test.leaving 1.0.0"), event);
        assertTrue(event.contains("the timer \"leaving-timer\""), event);
        assertTrue(event.contains("the executor's thread \"pool-"), event);
        assertTrue(
                event.contains("log handler dev.weft.deploy.sample.leaving.Leaving$Book"), event);
        assertTrue(
                event.contains("a thread local of dev.weft.deploy.sample.leaving.Leaving$Note"),
                event);
        String health = host.health().detail();
        assertTrue(health.startsWith("test.leaving 1.0.0 is gone but left "), health);
        assertTrue(!host.health().ok() && !host.health().blocking());
    }
}
