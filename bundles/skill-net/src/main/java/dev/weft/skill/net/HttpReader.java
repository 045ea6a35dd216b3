package dev.weft.skill.net;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/** Reads one HTTP/1.1 answer (RFC 9112) from a server that nobody trusts: everything has a bound. */
final class HttpReader {
    private static final int MAX_LINE = 8 << 10;
    private static final int MAX_HEADERS = 100;

    private final InputStream in;
    private final int maxBody;

    HttpReader(InputStream in, int maxBody) {
        this.in = in;
        this.maxBody = maxBody;
    }

    /** Reads one answer.
     * @param bodiless whether none comes whatever the headers say (HEAD) */
    HttpAnswer read(boolean bodiless) throws IOException {
        int status;
        Map<String, String> headers;
        do {
            String line = line();
            if (!line.matches("HTTP/1\\.[01] [1-5]\\d\\d( .*)?")) {
                throw new IOException("the server does not speak HTTP/1.1");
            }
            status = Integer.parseInt(line.substring(9, 12));
            headers = headers();
        } while (status < 200); // early hints
        if (bodiless || status == 204 || status == 304) {
            return new HttpAnswer(status, headers, new byte[0], false);
        }
        InputStream body = body(headers);
        String encoding =
                headers.getOrDefault("content-encoding", "identity").toLowerCase(Locale.ROOT);
        if (encoding.equals("gzip") || encoding.equals("x-gzip")) {
            body = new GZIPInputStream(body);
        } else if (!encoding.equals("identity") && !encoding.isEmpty()) {
            throw new IOException(
                    "the server packed its answer in a way that was not asked for: " + encoding);
        }
        byte[] bytes = body.readNBytes(maxBody + 1);
        boolean more = bytes.length > maxBody;
        return new HttpAnswer(status, headers, more ? Arrays.copyOf(bytes, maxBody) : bytes, more);
    }

    private Map<String, String> headers() throws IOException {
        Map<String, String> headers = new HashMap<>();
        int count = 0;
        for (String line = line(); !line.isEmpty(); line = line()) {
            if (++count > MAX_HEADERS) {
                throw new IOException("the server sent more than " + MAX_HEADERS + " headers");
            }
            int colon = line.indexOf(':');
            if (colon > 0) {
                headers.putIfAbsent(
                        line.substring(0, colon).trim().toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).trim());
            }
        }
        return headers;
    }

    private InputStream body(Map<String, String> headers) throws IOException {
        if (headers.getOrDefault("transfer-encoding", "")
                .toLowerCase(Locale.ROOT)
                .contains("chunked")) {
            return new Chunked();
        }
        String length = headers.get("content-length");
        if (length == null) {
            return in; // until the server closes
        }
        if (!length.matches("\\d{1,18}")) {
            throw new IOException("the server sent a malformed Content-Length");
        }
        return new Counted(Long.parseLong(length));
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(80);
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException(
                        "the server closed the connection before its answer was complete");
            }
            if (line.size() == MAX_LINE) {
                throw new IOException(
                        "the server sent a header of more than " + MAX_LINE + " bytes");
            }
            line.write(c);
        }
        String text = line.toString(StandardCharsets.ISO_8859_1);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }

    /** A body of known length; one that ends early is an error, not a short page. */
    private class Counted extends FilterInputStream {
        long left;

        Counted(long length) {
            super(HttpReader.this.in);
            left = length;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            if (left == 0 || length == 0) {
                return length == 0 ? 0 : -1;
            }
            int count = in.read(buffer, offset, (int) Math.min(length, left));
            if (count < 0) {
                throw new EOFException(
                        "the server closed the connection before its answer was complete");
            }
            left -= count;
            return count;
        }

        @Override
        public int available() {
            return 0; // lets GZIPInputStream ask for more only when it needs more
        }
    }

    /** A body in chunks, each with its length before it. */
    private final class Chunked extends Counted {
        private boolean first = true;
        private boolean ended;

        Chunked() {
            super(0);
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            if (left == 0 && !ended) {
                next();
            }
            return ended ? -1 : super.read(buffer, offset, length);
        }

        private void next() throws IOException {
            if (!first && !line().isEmpty()) {
                throw new IOException("the server sent a malformed chunk");
            }
            first = false;
            String size = line().split(";", 2)[0].trim();
            if (!size.matches("[0-9a-fA-F]{1,8}")) {
                throw new IOException("the server sent a malformed chunk");
            }
            left = Long.parseLong(size, 16);
            ended = left == 0; // trailers, if any, are of no use here
        }
    }
}
