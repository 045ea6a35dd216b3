package dev.weft.api.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
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

    /** Tries without running anything: reads a jar, or a zip of jars, audits it, and has the framework resolve it beside what runs.
     * @param file anywhere; not changed
     * @return what came out; fails if the file cannot be read, or that takes longer than 60 s */
    CompletableFuture<Fit> check(Path file);

    /** Takes a file out of the folder.
     * @param fileName its name
     * @return done when what it held no longer takes calls: true, or false if there was no such file; fails if it cannot be deleted,
     *     or that takes longer than 60 s */
    CompletableFuture<Boolean> delete(String fileName);

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
     * @param sha256 of what runs from it, in hex; "" if nothing does
     */
    record Deployment(
            String file,
            String bundle,
            String version,
            List<String> skills,
            State state,
            String reason,
            List<String> previous,
            String sha256) {}

    /**
     * What came out of a trial.
     *
     * @param bundle symbolic name, several joined by {@code +}; "" if it could not be read
     * @param version bundle version; "" if it could not be read
     * @param skills ids of the skills it would offer
     * @param missing what neither the host nor the file has
     * @param refusal why the folder would not take it, in words, what is missing among it; "" if it would
     */
    record Fit(
            String bundle,
            String version,
            List<String> skills,
            List<Missing> missing,
            String refusal) {}

    /**
     * Something that a bundle needs and cannot have.
     *
     * @param bundle symbolic name of the bundle that needs it
     * @param namespace of the requirement
     * @param filter LDAP filter of the requirement; "" if it has none
     * @param words for people
     */
    record Missing(String bundle, String namespace, String filter, String words) {}

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
