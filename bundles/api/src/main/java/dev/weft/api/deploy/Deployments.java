package dev.weft.api.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.osgi.annotation.versioning.ProviderType;

/** The deploy folder and what became of each file in it. Thread-safe. */
@ProviderType
public interface Deployments {
    /** Every file that was taken up.
     * @return ordered by file name */
    List<Deployment> list();

    /** Puts a jar into the folder, as a whole, as if it had been dropped there.
     * @param fileName a plain file name that ends in {@code .jar}
     * @param jar its bytes; read to the end, not closed
     * @return done when it is known what became of the file: active or refused; fails if that takes longer than 60 s
     * @throws IOException if it cannot be stored, or the name is not plain */
    CompletableFuture<Deployment> put(String fileName, InputStream jar) throws IOException;

    /** Takes the file that offers a skill out of the folder.
     * @param skill skill id
     * @return false if no file offers it
     * @throws IOException if the file cannot be deleted */
    boolean remove(String skill) throws IOException;

    /**
     * A file of the folder.
     *
     * @param file its name
     * @param bundle symbolic name; "" if unknown
     * @param version bundle version; "" if unknown
     * @param skills ids of the skills it offers
     * @param state what became of it
     * @param reason why it was refused; "" otherwise
     */
    record Deployment(
            String file,
            String bundle,
            String version,
            List<String> skills,
            State state,
            String reason) {}

    /** What became of a file. */
    enum State {
        /** Being checked or started. */
        PENDING,
        /** Running. */
        ACTIVE,
        /** Refused; the reason is beside it in a {@code .error} file. */
        REFUSED;

        /** Name on the wire.
         * @return lower case */
        @com.fasterxml.jackson.annotation.JsonValue
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
