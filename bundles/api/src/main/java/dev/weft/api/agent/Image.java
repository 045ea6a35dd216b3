package dev.weft.api.agent;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.task.TaskException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * A picture that belongs to a question.
 *
 * @param mediaType {@code image/png}, {@code image/jpeg}, {@code image/gif} or {@code image/webp}
 * @param base64 its content
 */
public record Image(String mediaType, String base64) {
    /** Most images of one question. */
    public static final int MOST = 8;

    /** Most bytes of one. */
    public static final int LARGEST = 5 << 20;

    /** Most bytes of all images of one question. */
    public static final int LARGEST_TOGETHER = 8 << 20;

    /** Reads the images of a question as they are sent. What kind each is, its content says.
     * @param list Base64 texts; missing or null for none
     * @return in the same order
     * @throws TaskException {@code bad_image}: says which one, and what is wrong with it */
    public static List<Image> read(JsonNode list) {
        if (list.isMissingNode() || list.isNull()) {
            return List.of();
        }
        if (!list.isArray() || list.size() > MOST) {
            throw bad("\"images\" must be a list of at most " + MOST + " images");
        }
        List<Image> images = new ArrayList<>(list.size());
        long together = 0;
        for (JsonNode one : list) {
            String name = "image " + (images.size() + 1);
            if (!one.isTextual()) {
                throw bad(name + " must be its content in Base64");
            }
            byte[] content = content(name, one.textValue());
            together = added(together, content);
            images.add(new Image(type(name, content), one.textValue()));
        }
        return List.copyOf(images);
    }

    /** Reads the images of a question from files.
     * @param files at most {@link #MOST}, each of {@link #LARGEST} bytes at most
     * @return in the same order
     * @throws TaskException {@code bad_image}: says which file, and what is wrong with it */
    public static List<Image> of(List<Path> files) {
        if (files.size() > MOST) {
            throw bad(MOST + " images at most");
        }
        List<Image> images = new ArrayList<>(files.size());
        long together = 0;
        for (Path file : files) {
            byte[] content;
            try {
                if (Files.size(file) > LARGEST) {
                    throw bad(file + " has more than " + mib(LARGEST));
                }
                content = Files.readAllBytes(file);
            } catch (IOException e) {
                throw bad(
                        file
                                + " cannot be read"
                                + (e instanceof NoSuchFileException
                                        ? ": there is no such file"
                                        : ": " + e));
            }
            together = added(together, content);
            images.add(
                    new Image(
                            type(file.toString(), content),
                            Base64.getEncoder().encodeToString(content)));
        }
        return List.copyOf(images);
    }

    private static long added(long together, byte[] content) {
        if (together + content.length > LARGEST_TOGETHER) {
            throw bad("the images have more than " + mib(LARGEST_TOGETHER) + " together");
        }
        return together + content.length;
    }

    private static byte[] content(String name, String base64) {
        if (base64.length() > (LARGEST + 2L) / 3 * 4) {
            throw bad(name + " has more than " + mib(LARGEST));
        }
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw bad(name + " is no Base64: " + e.getMessage());
        }
    }

    private static String type(String name, byte[] content) {
        String head =
                new String(content, 0, Math.min(12, content.length), StandardCharsets.ISO_8859_1);
        if (head.startsWith("\u0089PNG\r\n\u001a\n")) {
            return "image/png";
        } else if (head.startsWith("\u00ff\u00d8\u00ff")) {
            return "image/jpeg";
        } else if (head.startsWith("GIF87a") || head.startsWith("GIF89a")) {
            return "image/gif";
        } else if (head.startsWith("RIFF") && head.startsWith("WEBP", 8)) {
            return "image/webp";
        }
        throw bad(name + " is none that models take; convert it to PNG, JPEG, GIF or WebP");
    }

    private static String mib(int bytes) {
        return (bytes >> 20) + " MiB";
    }

    private static TaskException bad(String what) {
        return new TaskException("bad_image", what);
    }
}
