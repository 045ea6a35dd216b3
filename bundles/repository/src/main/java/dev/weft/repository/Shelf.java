package dev.weft.repository;

import java.io.IOException;
import java.nio.file.Path;

/** Where the files of a repository are kept beside its folder. A host that is a registry of its own keeps them nowhere else. */
interface Shelf {
    /** The folder is all there is. */
    Shelf NONE = new Shelf() {};

    /** A change of the folder.
     * @param <T> what comes of it */
    interface Work<T> {
        /** Makes it.
         * @return what comes of it
         * @throws IOException if it cannot be made */
        T run() throws IOException;
    }

    /** Changes the folder, as nobody else does at the same time; the folder is current when the work begins.
     * @param <T> what comes of it
     * @param work the change
     * @return what the work returns, once it is kept
     * @throws IOException if it cannot be made or kept; then readers find what they found before */
    default <T> T exclusively(Work<T> work) throws IOException {
        return work.run();
    }

    /** Makes the folder current.
     * @throws IOException if it cannot be read */
    default void refresh() throws IOException {}

    /** Keeps a jar that waits to be published.
     * @param jar a file of the folder
     * @throws IOException if it cannot be kept */
    default void keep(Path jar) throws IOException {}

    /** Gets a jar that was uploaded at another host.
     * @param jar where it is put if it is found
     * @throws IOException if it cannot be read */
    default void fetch(Path jar) throws IOException {}

    /** Forgets a jar that was published.
     * @param jar as it was kept
     * @throws IOException if it cannot be removed */
    default void drop(Path jar) throws IOException {}

    /** Tells the other hosts what was said against a release.
     * @param statement signed */
    default void tell(byte[] statement) {}
}
