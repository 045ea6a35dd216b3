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

    /** Puts a jar, or a zip of jars, into the folder, as a whole, as if it had been dropped there.
     * @param fileName a plain file name that ends in {@code .jar} or {@code .zip}
     * @param jar its bytes; read to the end, not closed
     * @return done when it is known what became of the file: active, refused or quarantined; fails if that takes longer than 60 s
     * @throws IOException if it cannot be stored, or the name is not plain */
    CompletableFuture<Deployment> put(String fileName, InputStream jar) throws IOException;

    /** Takes the file that offers a skill out of the folder.
     * @param skill skill id
     * @return false if no file offers it
     * @throws IOException if the file cannot be deleted */
    boolean remove(String skill) throws IOException;

    /** Goes back to an earlier good version of the file that offers a skill: its kept copy takes the file's place, and runs. If the
     * file holds something that was refused, this goes back to what runs.
     * @param skill skill id
     * @param version one of {@link Deployment#previous()}; "" for the last good one before this
     * @return done when it is known what became of it; fails with a {@link java.util.NoSuchElementException} if no file offers the
     *     skill, and with an {@link IllegalStateException} if there is no such version to go back to */
    CompletableFuture<Deployment> rollback(String skill, String version);

    /** Tries a quarantined or refused file once more.
     * @param skill skill id, or the name of the file
     * @return done when it is known what became of it; fails with a {@link java.util.NoSuchElementException} if no such file was
     *     refused */
    CompletableFuture<Deployment> retry(String skill);

    /**
     * A file of the folder.
     *
     * @param file its name
     * @param bundle symbolic name, several joined by {@code +}; "" if unknown
     * @param version bundle version; "" if unknown
     * @param skills ids of the skills it offers
     * @param state what became of it
     * @param reason why it was refused; "" otherwise
     * @param previous versions that {@link Deployments#rollback} can go back to, the last one that ran first
     */
    record Deployment(
            String file,
            String bundle,
            String version,
            List<String> skills,
            State state,
            String reason,
            List<String> previous) {}

    /** What became of a file. */
    enum State {
        /** Being checked or started. */
        PENDING,
        /** Running. */
        ACTIVE,
        /** Refused; the reason is beside it in a {@code .error} file. */
        REFUSED,
        /** Hung or failed as it started, or the host ended meanwhile. Not tried again, not even by the next run of the host, until the
         * file changes or somebody asks for it with {@link Deployments#retry}. */
        QUARANTINED;

        /** Name on the wire.
         * @return lower case */
        @com.fasterxml.jackson.annotation.JsonValue
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
