package dev.weft.ui.web;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;

/** A file of the UI, also compressed: once, when the first browser asks for it so. Thread-safe. */
final class Asset {
    private final byte[] bytes;
    private final String type;
    private final String etag;
    private final boolean versioned;
    private volatile byte[] compressed;

    /**
     * @param bytes its content
     * @param type content type
     * @param etag strong entity tag of the content, in quotes
     * @param versioned whether its path names its version, so that it never changes
     */
    Asset(byte[] bytes, String type, String etag, boolean versioned) {
        this.bytes = bytes;
        this.type = type;
        this.etag = etag;
        this.versioned = versioned;
    }

    byte[] bytes() {
        return bytes;
    }

    String type() {
        return type;
    }

    boolean versioned() {
        return versioned;
    }

    /** The entity tag of one of its two forms (RFC 9110: each needs its own). */
    String etag(boolean gzip) {
        return gzip ? etag.substring(0, etag.length() - 1) + "-gzip\"" : etag;
    }

    /** The content with gzip. */
    byte[] compressed() {
        byte[] known = compressed;
        if (known == null) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
                gzip.write(bytes);
            } catch (IOException e) {
                throw new UncheckedIOException("memory does not fail to be written", e);
            }
            known = out.toByteArray();
            compressed = known;
        }
        return known;
    }
}
