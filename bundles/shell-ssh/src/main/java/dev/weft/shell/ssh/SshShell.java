package dev.weft.shell.ssh;

import dev.weft.api.audit.Audit;
import dev.weft.api.health.HealthCheck;
import dev.weft.api.identity.AccessKeys;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.felix.service.command.CommandProcessor;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets administrators into the Gogo shell over SSH. Off unless configured, and then for this machine only unless configured otherwise. If
 * it cannot listen the host runs without, and the health check says why.
 */
@Component(service = HealthCheck.class, immediate = true, configurationPid = "dev.weft.shell.ssh")
@Designate(ocd = SshConfig.class)
public final class SshShell implements HealthCheck {
    private static final Logger LOG = LoggerFactory.getLogger(SshShell.class);

    private final SshDoor door; // null if it is off or cannot listen
    private final Status status;

    /** Listens, if it is to.
     * @param context tells the data directory
     * @param processor Gogo
     * @param keys checks passwords
     * @param audit hears who came
     * @param config whether and where */
    @Activate
    public SshShell(
            BundleContext context,
            @Reference CommandProcessor processor,
            @Reference AccessKeys keys,
            @Reference Audit audit,
            SshConfig config) {
        SshDoor opened = null;
        Status outcome = Status.OK;
        if (config.enabled()) {
            Path data = Path.of(context.getProperty("weft.data")).toAbsolutePath();
            SshAccess access =
                    new SshAccess(keys, audit, data.resolve("etc").resolve("authorized_keys"));
            try {
                opened = new SshDoor(data, processor, access, config);
                LOG.info(
                        "the shell listens for SSH on {} port {}", config.address(), opened.port());
            } catch (IOException | RuntimeException e) {
                outcome =
                        Status.warning(
                                "SSH cannot listen on "
                                        + config.address()
                                        + " port "
                                        + config.port()
                                        + " ("
                                        + e.getMessage()
                                        + "); choose another port or address in dev.weft.shell.ssh");
                LOG.warn("{}", outcome.detail());
            }
        }
        door = opened;
        status = outcome;
    }

    /** Ends all sessions. */
    @Deactivate
    public void close() {
        if (door != null) {
            door.close();
        }
    }

    @Override
    public String name() {
        return "ssh";
    }

    @Override
    public Status check() {
        return status;
    }
}
