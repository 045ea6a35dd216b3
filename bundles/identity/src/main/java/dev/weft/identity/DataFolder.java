package dev.weft.identity;

import java.io.IOException;
import java.nio.file.Path;
import org.osgi.framework.BundleContext;

/** The host's data directory. */
record DataFolder(Path root) {
    static DataFolder of(BundleContext context) {
        String data = context.getProperty("weft.data");
        if (data == null || data.isBlank()) {
            throw new IllegalStateException(
                    "the framework property weft.data is not set; the launcher sets it to the data directory");
        }
        return new DataFolder(Path.of(data));
    }

    Path resolve(String file) {
        return root.resolve(file);
    }

    /** An AccessDeniedException says nothing but the path: add what to do. */
    static IllegalStateException unusable(Path file, IOException e) {
        String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return new IllegalStateException(
                reason.contains("; ")
                        ? reason
                        : file
                                + " cannot be used ("
                                + e.getClass().getSimpleName()
                                + ": "
                                + reason
                                + "); check that the data directory is writable",
                e);
    }
}
