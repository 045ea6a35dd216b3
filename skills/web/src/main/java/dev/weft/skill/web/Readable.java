package dev.weft.skill.web;

import dev.weft.skill.net.HttpAnswer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;

/** Turns an answer into text that people can read. */
final class Readable {
    private static final Pattern CHARSET =
            Pattern.compile("(?i)charset\\s*=\\s*[\"']?([^\\s;\"']+)");
    private static final Pattern TEXT =
            Pattern.compile(
                    "text/.*|application/(.*\\+)?(json|xml|yaml|javascript)|application/x-(yaml|javascript|ndjson)");
    private static final String NOISE =
            "script, style, noscript, template, svg, iframe, form, nav, aside, [hidden], [aria-hidden=true]";

    private Readable() {}

    static Page page(URI url, HttpAnswer answer, int maxCharacters) throws IOException {
        String type = answer.header("content-type");
        String kind = type.split(";", 2)[0].trim().toLowerCase(Locale.ROOT);
        String title = "";
        String text;
        if (kind.equals("text/html")
                || kind.equals("application/xhtml+xml")
                || kind.isEmpty() && looksLikeHtml(answer.body())) {
            Document document =
                    Jsoup.parse(
                            new ByteArrayInputStream(answer.body()),
                            charset(type).map(Charset::name).orElse(null),
                            url.toString());
            title = document.title();
            document.select(NOISE).remove();
            text = new Blocks().read(document.body());
        } else if (answer.body().length == 0
                || kind.isEmpty() && !isBinary(answer.body())
                || TEXT.matcher(kind).matches()) {
            text = new String(answer.body(), charset(type).orElse(StandardCharsets.UTF_8));
        } else {
            throw new IllegalArgumentException(
                    url + " is no text but " + (kind.isEmpty() ? "unknown data" : kind));
        }
        boolean cut = text.length() > maxCharacters;
        return new Page(
                url.toString(),
                answer.status(),
                type,
                title,
                cut ? cut(text, maxCharacters) : text,
                cut || answer.truncated());
    }

    /** Never half a character. */
    private static String cut(String text, int length) {
        return text.substring(
                0, Character.isHighSurrogate(text.charAt(length - 1)) ? length - 1 : length);
    }

    /** The character set that the server names; empty if it names none, or one that does not exist. */
    private static Optional<Charset> charset(String contentType) {
        Matcher matcher = CHARSET.matcher(contentType);
        try {
            return matcher.find()
                    ? Optional.of(Charset.forName(matcher.group(1)))
                    : Optional.empty();
        } catch (IllegalCharsetNameException | UnsupportedCharsetException unknown) {
            return Optional.empty();
        }
    }

    private static boolean looksLikeHtml(byte[] body) {
        String head =
                new String(body, 0, Math.min(body.length, 512), StandardCharsets.ISO_8859_1)
                        .toLowerCase(Locale.ROOT);
        return head.contains("<html") || head.contains("<!doctype html");
    }

    private static boolean isBinary(byte[] body) {
        for (int i = 0; i < Math.min(body.length, 1024); i++) {
            if (body[i] == 0) {
                return true;
            }
        }
        return false;
    }
}
