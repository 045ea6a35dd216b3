package dev.weft.api.store;

import java.io.IOException;
import java.io.OutputStream;
import org.osgi.annotation.versioning.ProviderType;

/** A copy of this host's database, made while the host works. Blocks. Thread-safe. */
@ProviderType
public interface Backup {
    /** Writes a copy that is consistent in itself: what was committed before the call is in it.
     * @param out gets a zip file; closed at the end. Nothing is written to it before the copy is whole
     * @throws IllegalStateException if this database is backed up by other means; the message says which
     * @throws IOException if the copy cannot be made or written */
    void write(OutputStream out) throws IOException;
}
