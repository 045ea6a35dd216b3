package dev.weft.health;

import dev.weft.api.health.HealthCheck;
import java.nio.file.Files;
import java.nio.file.Path;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Warns before the disk of the data directory is full, and says what a full one means. */
@Component(service = HealthCheck.class)
public final class DiskCheck implements HealthCheck {
    private static final long LOW_MIB = 32;

    private final Path data;

    /** Looks at nothing yet.
     * @param context tells the data directory */
    @Activate
    public DiskCheck(BundleContext context) {
        this(Path.of(context.getProperty("weft.data")));
    }

    DiskCheck(Path data) {
        this.data = data;
    }

    @Override
    public String name() {
        return "disk";
    }

    @Override
    public Status check() {
        // by its path and not by its mount, which need not be found: a chroot's root is often none
        return Files.isDirectory(data)
                ? judge(data, data.toFile().getUsableSpace() >> 20)
                : Status.warning(
                        data + " is not a folder any more; see whether its disk is still there");
    }

    static Status judge(Path data, long freeMib) {
        return freeMib >= LOW_MIB
                ? Status.OK
                : Status.warning(
                        "only "
                                + freeMib
                                + " MiB are free for "
                                + data
                                + "; make room: on a full disk durable tasks and deployments are refused until there is some");
    }
}
