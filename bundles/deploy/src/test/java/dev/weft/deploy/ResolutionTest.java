package dev.weft.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.hooks.resolver.ResolverHook;
import org.osgi.framework.hooks.resolver.ResolverHookFactory;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;
import org.osgi.framework.wiring.BundleRevision;

/** What comes together is resolved together, and what cannot be resolved takes nothing else down. */
class ResolutionTest {
    private static final int CHAINS = 5;
    private static final int LINKS = 20;

    @TempDir Path cache;

    private final Loop loop = new Loop();
    private final AtomicInteger resolves = new AtomicInteger();
    private Framework framework;
    private Resolution resolution;
    private volatile boolean more = true;

    @BeforeEach
    void start() throws Exception {
        framework =
                ServiceLoader.load(FrameworkFactory.class)
                        .findFirst()
                        .orElseThrow()
                        .newFramework(Map.of(Constants.FRAMEWORK_STORAGE, cache.toString()));
        framework.start();
        BundleContext context = framework.getBundleContext();
        context.registerService(ResolverHookFactory.class, new Counting(), null);
        resolution = new Resolution(context, new Needs(context, List::of), loop, () -> more);
    }

    @AfterEach
    void stop() throws Exception {
        loop.close();
        framework.stop();
        framework.waitForStop(60_000);
    }

    @Test
    void a_hundred_jars_that_need_each_other_are_resolved_at_once() throws Exception {
        List<List<Bundle>> releases = new ArrayList<>();
        for (int chain = 0; chain < CHAINS; chain++) {
            releases.add(chain(chain, LINKS));
        }
        all(resolve(releases)).get(60, TimeUnit.SECONDS);
        releases.forEach(release -> release.forEach(ResolutionTest::assertResolved));
        assertEquals(1, resolves.get());
    }

    @Test
    void what_lacks_something_says_so_and_the_others_are_resolved() throws Exception {
        List<List<Bundle>> releases = new ArrayList<>();
        for (int chain = 0; chain < CHAINS; chain++) {
            releases.add(chain(chain, LINKS));
        }
        List<Bundle> half = new ArrayList<>(chain(CHAINS, 2));
        half.add(install("half", "", "test.link;filter:=\"(n=nobody)\""));
        releases.add(1, half);
        releases.add(3, List.of(install("single", "", "test.link;filter:=\"(n=nowhere)\"")));
        List<CompletableFuture<Void>> done = resolve(releases);
        for (int i = 0; i < releases.size(); i++) {
            if (i == 1 || i == 3) {
                Throwable refusal = failure(done.get(i));
                assertTrue(refusal instanceof Refusal, refusal::toString);
                assertEquals(
                        i == 1
                                ? "half needs test.link (n=nobody), which no bundle here offers"
                                : "needs test.link (n=nowhere), which no bundle here offers",
                        refusal.getMessage());
            } else {
                done.get(i).get(60, TimeUnit.SECONDS);
                releases.get(i).forEach(ResolutionTest::assertResolved);
            }
        }
        // All at once, and the two that were left on their own to learn why.
        assertEquals(3, resolves.get());
    }

    @Test
    void the_last_one_does_not_wait() throws Exception {
        more = false;
        List<Bundle> release = chain(0, 3);
        resolve(List.of(release)).get(0).get(60, TimeUnit.SECONDS);
        release.forEach(ResolutionTest::assertResolved);
    }

    /** Asks for all of them within one turn of the loop, as they come if many files are whole. */
    private List<CompletableFuture<Void>> resolve(List<List<Bundle>> releases) throws Exception {
        return CompletableFuture.supplyAsync(
                        () -> releases.stream().map(resolution::soon).toList(), loop)
                .get(60, TimeUnit.SECONDS);
    }

    private static CompletableFuture<Void> all(List<CompletableFuture<Void>> done) {
        return CompletableFuture.allOf(done.toArray(CompletableFuture<?>[]::new));
    }

    private static Throwable failure(CompletableFuture<Void> done) throws Exception {
        try {
            done.get(60, TimeUnit.SECONDS);
            throw new AssertionError("it is resolved");
        } catch (ExecutionException e) {
            return e.getCause();
        }
    }

    private static void assertResolved(Bundle bundle) {
        assertEquals(Bundle.RESOLVED, bundle.getState(), bundle.getSymbolicName());
    }

    /** Each needs the one that comes after it, the last needs the first. */
    private List<Bundle> chain(int chain, int links) throws Exception {
        List<Bundle> bundles = new ArrayList<>();
        for (int link = 0; link < links; link++) {
            String next = chain + "-" + (link + 1) % links;
            bundles.add(
                    install(
                            "link" + chain + "." + link,
                            "test.link;n=\"" + chain + "-" + link + "\"",
                            "test.link;filter:=\"(n=" + next + ")\""));
        }
        return bundles;
    }

    private Bundle install(String name, String provides, String requires) throws Exception {
        Manifest manifest = new Manifest();
        Attributes headers = manifest.getMainAttributes();
        headers.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        headers.putValue("Bundle-ManifestVersion", "2");
        headers.putValue("Bundle-SymbolicName", name);
        if (!provides.isEmpty()) {
            headers.putValue("Provide-Capability", provides);
        }
        headers.putValue("Require-Capability", requires);
        ByteArrayOutputStream jar = new ByteArrayOutputStream();
        new JarOutputStream(jar, manifest).close();
        return framework
                .getBundleContext()
                .installBundle(name, new ByteArrayInputStream(jar.toByteArray()));
    }

    private final class Counting implements ResolverHookFactory {
        @Override
        public ResolverHook begin(Collection<BundleRevision> triggers) {
            resolves.incrementAndGet();
            return null;
        }
    }
}
