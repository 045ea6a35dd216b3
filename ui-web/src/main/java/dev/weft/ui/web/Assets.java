package dev.weft.ui.web;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.osgi.framework.Bundle;

/** The files of the UI by the path they are served at. */
final class Assets {
    /** The page itself. */
    static final String PAGE = "/ui/index.html";

    private static final String LIBRARIES = "/META-INF/resources/webjars/";
    private static final Map<String, String> TYPES =
            Map.of(
                    "html",
                    "text/html;charset=utf-8",
                    "js",
                    "text/javascript;charset=utf-8",
                    "css",
                    "text/css;charset=utf-8",
                    "svg",
                    "image/svg+xml");

    private Assets() {}

    static Map<String, Asset> of(Bundle bundle) throws IOException {
        Map<String, Asset> assets = new HashMap<>();
        add(assets, bundle.findEntries("web", "*.*", true));
        add(assets, bundle.findEntries(LIBRARIES, "*.js", true));
        return assets;
    }

    private static void add(Map<String, Asset> assets, Enumeration<URL> entries)
            throws IOException {
        for (URL entry :
                entries == null ? Collections.<URL>emptyList() : Collections.list(entries)) {
            try (InputStream in = entry.openStream()) {
                put(assets, entry.getPath(), in.readAllBytes());
            }
        }
    }

    /** Adds one file.
     * @param assets where to
     * @param path path in the bundle
     * @param bytes its content */
    static void put(Map<String, Asset> assets, String path, byte[] bytes) {
        String type = TYPES.get(path.substring(path.lastIndexOf('.') + 1));
        boolean library = path.startsWith(LIBRARIES);
        String where =
                library
                        ? "/ui/lib/" + path.substring(LIBRARIES.length())
                        : "/ui/" + path.replaceFirst("^/?web/", "");
        if (type != null) {
            assets.put(
                    where,
                    new Asset(
                            bytes,
                            type,
                            '"' + HexFormat.of().formatHex(digest(bytes), 0, 16) + '"',
                            library));
        }
    }

    /** The page's import map is the one inline script: the policy names it by its hash.
     * @param page the page
     * @return a source expression of a content security policy */
    static String importMapHash(Asset page) {
        String html = new String(page.bytes(), StandardCharsets.UTF_8);
        String open = "<script type=\"importmap\">";
        int start = html.indexOf(open);
        int end = html.indexOf("</script>", start);
        if (start < 0 || end < 0) {
            throw new IllegalStateException("index.html has no import map");
        }
        String map = html.substring(start + open.length(), end);
        return "sha256-"
                + Base64.getEncoder().encodeToString(digest(map.getBytes(StandardCharsets.UTF_8)));
    }

    private static byte[] digest(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
