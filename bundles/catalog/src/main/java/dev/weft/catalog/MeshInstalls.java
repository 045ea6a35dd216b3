package dev.weft.catalog;

import dev.weft.api.catalog.Catalog;
import dev.weft.skill.SkillService;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/** Decides whether other agents may ask this host to install something, and offers the skill {@code catalog} if so. */
@Component(
        service = {},
        immediate = true,
        configurationPid = "dev.weft.catalog.mesh")
@Designate(ocd = MeshInstalls.Config.class)
public final class MeshInstalls {
    private final ServiceRegistration<SkillService> skill;

    /** What others may ask for. */
    @ObjectClassDefinition(name = "Weft installs for other agents")
    public @interface Config {
        /** Whether other agents may have skills installed here.
         * @return {@code no}; {@code ask}: a person of this host approves each time; {@code yes}: what the policy says yes to */
        @AttributeDefinition(
                name = "Installs",
                description = "Whether other agents may have skills installed on this host",
                options = {
                    @Option(label = "no", value = "no"),
                    @Option(label = "a person approves", value = "ask"),
                    @Option(label = "what the policy allows", value = "yes")
                })
        String installs() default "no";
    }

    /** Begins.
     * @param context of this bundle
     * @param config what others may ask for
     * @param catalog installs */
    @Activate
    public MeshInstalls(BundleContext context, Config config, @Reference Catalog catalog) {
        skill =
                switch (config.installs()) {
                    case "no" -> null;
                    case "ask" ->
                            context.registerService(
                                    SkillService.class, new ApprovedInstalls(catalog), null);
                    case "yes" ->
                            context.registerService(
                                    SkillService.class, new RemoteInstalls(catalog), null);
                    default ->
                            throw new IllegalArgumentException(
                                    "dev.weft.catalog.mesh: installs is no, ask or yes, not "
                                            + config.installs());
                };
    }

    /** Ends. */
    @Deactivate
    public void close() {
        if (skill != null) {
            skill.unregister();
        }
    }
}
