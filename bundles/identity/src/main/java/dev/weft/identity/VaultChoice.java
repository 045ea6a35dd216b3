package dev.weft.identity;

import org.osgi.service.component.ComponentContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/**
 * Which vault this host uses. A registry on PostgreSQL may be several hosts, so its keys are there; every other host has its own in
 * files, and does not wait for a database. One setting decides on both: {@code url} of the store.
 */
@Component(
        service = {},
        immediate = true,
        configurationPid = "dev.weft.store")
public final class VaultChoice {
    /** The setting of the store that this depends on. */
    public @interface Config {
        /** JDBC URL of the store.
         * @return empty for H2 */
        String url() default "";
    }

    private final ComponentContext components;
    private final String chosen;

    /** Enables one of the two.
     * @param components of this bundle
     * @param config of the store */
    @Activate
    public VaultChoice(ComponentContext components, Config config) {
        this.components = components;
        boolean registry = !"agent".equals(components.getBundleContext().getProperty("weft.role"));
        this.chosen =
                (registry && config.url().strip().startsWith("jdbc:postgresql:")
                                ? StoreVault.class
                                : FileVault.class)
                        .getName();
        components.enableComponent(chosen);
    }

    /** Disables it, so that another can take its place when the setting changes. */
    @Deactivate
    public void close() {
        components.disableComponent(chosen);
    }
}
