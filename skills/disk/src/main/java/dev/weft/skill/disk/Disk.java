package dev.weft.skill.disk;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import dev.weft.skill.Skill;
import dev.weft.skill.SkillService;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Reads the sizes of file systems from the operating system at each call. */
@Skill(
        id = "disk",
        title = "Disk space",
        description = "Free and used disk space of this machine's file systems",
        permissions = Skill.FILES)
@Component(service = SkillService.class)
public final class Disk implements SkillService {
    private static final Path MOUNTS = Path.of("/proc/self/mountinfo");

    /** Needs nothing. */
    @Activate
    public Disk() {}

    /** How full the file system of a path is.
     * @param path an absolute path; null for the root
     * @return the figures
     * @throws IOException if the operating system does not say */
    @Tool("Total, free and used disk space, in bytes, of the file system that holds a path")
    public Usage usage(
            @P(
                            value =
                                    "an absolute path on this machine; the root of the file system if left out",
                            required = false)
                    String path)
            throws IOException {
        Path asked = absolute(path);
        Path real;
        try {
            real = asked.toRealPath();
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException(
                    "there is no file or folder " + asked + " on this machine", e);
        }
        Mount mount = Mount.holding(real, mounts()).orElse(null);
        if (mount == null) {
            // no list of mounts, or, as in a chroot, one that lacks the file system of the root
            return Usage.of(asked.toString(), real.getRoot().toString(), type(real), real.toFile());
        }
        return Usage.of(asked.toString(), mount.point().toString(), mount.type(), real.toFile());
    }

    /** Every file system that stores data.
     * @return one entry a file system, ordered by mount point
     * @throws IOException if the operating system does not say */
    @Tool(
            "Total, free and used disk space, in bytes, of every file system of this machine; pseudo and in-memory file systems are left out")
    public List<Usage> list() throws IOException {
        List<Mount> mounts = mounts();
        List<Usage> found = mounts.isEmpty() ? stores() : mounted(mounts);
        found.sort(Comparator.comparing(Usage::mount));
        return found;
    }

    private static List<Usage> mounted(List<Mount> mounts) throws IOException {
        List<Mount> shortest = new ArrayList<>(mounts);
        shortest.sort(Comparator.comparingInt(mount -> mount.point().getNameCount()));
        Set<String> devices = new HashSet<>();
        List<Usage> found = new ArrayList<>();
        for (Mount mount : shortest) {
            // one device shows up at many places (bind mounts); a mount hidden by a later one is
            // not reachable
            boolean hidden = Mount.holding(mount.point(), mounts).filter(mount::equals).isEmpty();
            if (mount.isPseudo()
                    || hidden
                    || !Files.isDirectory(mount.point())
                    || !devices.add(mount.device())) {
                continue;
            }
            Usage usage = at(mount.point(), mount.type());
            if (usage.totalBytes() > 0) {
                found.add(usage);
            }
        }
        return found;
    }

    private static List<Usage> stores() throws IOException {
        List<Usage> found = new ArrayList<>();
        for (Path root : FileSystems.getDefault().getRootDirectories()) {
            Usage usage = at(root, type(root));
            if (usage.totalBytes() > 0) { // an empty card reader is a root without a file system
                found.add(usage);
            }
        }
        return found;
    }

    private static Usage at(Path point, String type) {
        return Usage.of(point.toString(), point.toString(), type, point.toFile());
    }

    private static String type(Path path) {
        try {
            return Files.getFileStore(path).type();
        } catch (IOException notToBeFound) {
            return "";
        }
    }

    private static Path absolute(String path) {
        if (path == null || path.isBlank()) {
            return FileSystems.getDefault().getRootDirectories().iterator().next();
        }
        Path asked;
        try {
            asked = Path.of(path);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("not a path: " + e.getMessage(), e);
        }
        if (!asked.isAbsolute()) {
            throw new IllegalArgumentException("the path must be absolute, got \"" + path + "\"");
        }
        return asked;
    }

    private static List<Mount> mounts() throws IOException {
        return Files.isReadable(MOUNTS) ? Mount.parse(Files.readAllLines(MOUNTS)) : List.of();
    }
}
