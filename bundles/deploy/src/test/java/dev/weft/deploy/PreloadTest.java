package dev.weft.deploy;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.deploy.Deployments.State;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.osgi.framework.hooks.weaving.WeavingHook;

/** What takes the place of another has its classes when calls come, those too that only a call uses. */
class PreloadTest extends HostTest {
    private static final String LATE = "dev.weft.deploy.sample.echo.Echo$Late";

    @Test
    void a_replacement_is_loaded_before_calls_reach_it_and_a_first_version_when_it_is_called()
            throws Exception {
        List<String> loaded = new CopyOnWriteArrayList<>();
        host.context()
                .registerService(
                        WeavingHook.class,
                        woven ->
                                loaded.add(
                                        woven.getBundleWiring().getBundle().getVersion()
                                                + " "
                                                + woven.getClassName()),
                        null);
        host.drop("echo.jar", SkillJar.of("echo").bytes());
        state("echo.jar", State.ACTIVE);
        assertFalse(loaded.contains("1.0.0 " + LATE), loaded::toString);

        host.drop("echo.jar", SkillJar.of("echo").version("2.0.0").bytes());
        soon().until(() -> host.file("echo.jar").orElseThrow().version().equals("2.0.0"));
        state("echo.jar", State.ACTIVE);
        assertTrue(loaded.contains("2.0.0 " + LATE), loaded::toString);
    }
}
