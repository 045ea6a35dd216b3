package dev.weft.deploy;

import dev.weft.api.deploy.Deployments.Deployment;
import dev.weft.api.deploy.Deployments.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.List;

/** What is known of one file of the deploy folder. Used on the loop only. */
final class Slot {
    final String file;

    /** The look of the content that was dealt with; null if it must be looked at. */
    Look done;

    /** The look of a content that is no zip yet, and how often it was seen since. */
    Look unfinished;

    int unfinishedLooks;

    /** The look of the content that is being read; null if none is. */
    Look reading;

    /** How often it was seen to be gone while other files were still to be read. */
    int missed;

    String sha256 = "";
    Release release;

    /** Grows with each new content: an install of an older one that ends late is thrown away. */
    int turn;

    /** The file that took over this one's bundle; "" if none. */
    String replacedBy = "";

    State state = State.PENDING;
    String reason = "";

    Slot(String file) {
        this.file = file;
    }

    /** What tells one content from the next without reading it. */
    record Look(long size, FileTime modified, Object key) {
        static Look of(BasicFileAttributes attributes) {
            return new Look(attributes.size(), attributes.lastModifiedTime(), attributes.fileKey());
        }

        static Look of(Path path) throws IOException {
            return of(
                    Files.readAttributes(
                            path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
        }
    }

    /** The time of the content that was dealt with, in milliseconds. */
    long modified() {
        return done == null ? 0 : done.modified().toMillis();
    }

    /** Tells whether it is not known yet what becomes of it. */
    boolean isBusy() {
        return state == State.PENDING || reading != null;
    }

    /** As others see it.
     * @param previous versions to go back to
     * @param runs digest of what runs from it; "" if nothing does */
    Deployment view(List<String> previous, String runs) {
        return new Deployment(
                file,
                release == null ? "" : release.name(),
                release == null ? "" : release.version().toString(),
                release == null ? List.of() : List.copyOf(release.skills()),
                state,
                reason,
                previous,
                runs);
    }
}
