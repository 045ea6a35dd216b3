package dev.weft.skill.folders;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;

/** Reads and writes the bytes of one file; follows no link. Stateless. */
public final class FileContent {
    private FileContent() {}

    /** What a file is.
     * @param place where
     * @return type, size, times; of a link, its own
     * @throws IOException if it cannot be reached */
    public static BasicFileAttributes attributes(Fence.Place place) throws IOException {
        if (place.isRoot()) {
            return Files.readAttributes(place.path(), BasicFileAttributes.class);
        }
        return place.in(
                (directory, name) ->
                        directory == null
                                ? Files.readAttributes(
                                        name, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                                : directory
                                        .getFileAttributeView(
                                                name,
                                                BasicFileAttributeView.class,
                                                LinkOption.NOFOLLOW_LINKS)
                                        .readAttributes());
    }

    /** Reads a piece of a regular file.
     * @param place where
     * @param offset the first byte
     * @param length how many bytes at most
     * @return at most {@code length} bytes
     * @throws IOException if it cannot be read, or is no regular file */
    public static byte[] read(Fence.Place place, long offset, int length) throws IOException {
        regular(place);
        return place.in(
                (directory, name) -> {
                    try (SeekableByteChannel channel =
                            open(
                                    directory,
                                    name,
                                    Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
                        channel.position(offset);
                        int size = (int) Math.max(0, Math.min(length, channel.size() - offset));
                        ByteBuffer bytes = ByteBuffer.allocate(size);
                        while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
                            // until it is full
                        }
                        byte[] read = new byte[bytes.position()];
                        bytes.flip().get(read);
                        return read;
                    }
                });
    }

    /** Writes a file.
     * @param place where
     * @param content what
     * @param append whether what is there stays
     * @throws IOException if it cannot be written */
    public static void write(Fence.Place place, byte[] content, boolean append) throws IOException {
        place.in(
                (directory, name) -> {
                    Set<OpenOption> options =
                            Set.of(
                                    StandardOpenOption.WRITE,
                                    StandardOpenOption.CREATE,
                                    append
                                            ? StandardOpenOption.APPEND
                                            : StandardOpenOption.TRUNCATE_EXISTING,
                                    LinkOption.NOFOLLOW_LINKS);
                    try (SeekableByteChannel channel = open(directory, name, options)) {
                        ByteBuffer bytes = ByteBuffer.wrap(content);
                        while (bytes.hasRemaining()) {
                            channel.write(bytes);
                        }
                    }
                    return null;
                });
    }

    /** Deletes a regular file.
     * @param place where
     * @throws IOException if it cannot be deleted */
    public static void delete(Fence.Place place) throws IOException {
        regular(place);
        place.in(
                (directory, name) -> {
                    if (directory == null) {
                        Files.delete(name);
                    } else {
                        directory.deleteFile(name);
                    }
                    return null;
                });
    }

    /** As text, without half a character at the end.
     * @param bytes a piece of a file
     * @param path of the file, for errors
     * @return the text
     * @throws IllegalArgumentException if it is no UTF-8 */
    public static Text text(byte[] bytes, String path) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length + 1);
        CoderResult result = decoder.decode(in, out, false);
        try {
            if (result.isError()) {
                result.throwException();
            }
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(path + " is no UTF-8 text", e);
        }
        return new Text(out.flip().toString(), in.position());
    }

    /** Decoded text.
     * @param text what it says
     * @param bytes how many bytes that took */
    public record Text(String text, int bytes) {}

    /** A pipe or a device would block, or never end. */
    private static void regular(Fence.Place place) throws IOException {
        if (!attributes(place).isRegularFile()) {
            throw new FileNotFoundException(place.path() + " is not a file");
        }
    }

    private static SeekableByteChannel open(
            SecureDirectoryStream<Path> directory, Path name, Set<OpenOption> options)
            throws IOException {
        return directory == null
                ? Files.newByteChannel(name, options)
                : directory.newByteChannel(name, options);
    }
}
