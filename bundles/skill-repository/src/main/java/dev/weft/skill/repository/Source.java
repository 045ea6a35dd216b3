package dev.weft.skill.repository;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;

/** Where the files of a repository are read. What comes from it is not believed until it is verified. */
@FunctionalInterface
public interface Source {
    /** Reads a file.
     * @param name path within the repository
     * @param most more bytes are an error, before they are held
     * @return its bytes
     * @throws java.nio.file.NoSuchFileException if there is none
     * @throws IOException if it cannot be read, or is too large */
    byte[] read(String name, long most) throws IOException;

    /** Finds the reader for an address.
     * @param address {@code https://…}, {@code http://…}, {@code file:…} or a plain path
     * @return the reader
     * @throws IllegalArgumentException if it is none of these */
    static Source of(String address) {
        if (address.startsWith("https://") || address.startsWith("http://")) {
            return new HttpSource(URI.create(address.endsWith("/") ? address : address + "/"));
        }
        if (address.startsWith("file:")) {
            return new FolderSource(Path.of(URI.create(address)));
        }
        if (address.matches("[A-Za-z][A-Za-z0-9+.-]+:.*")) {
            throw new IllegalArgumentException(
                    address + ": a repository is at https://, http://, file: or a path");
        }
        return new FolderSource(Path.of(address));
    }
}
