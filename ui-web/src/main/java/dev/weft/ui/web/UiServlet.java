package dev.weft.ui.web;

import jakarta.servlet.Servlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.servlet.whiteboard.propertytypes.HttpWhiteboardServletPattern;

/** Serves the page at {@code /} and what it loads below {@code /ui/}, all from memory. */
@Component(service = Servlet.class)
@HttpWhiteboardServletPattern({"/", "/ui/*"})
public final class UiServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private final transient Map<String, Asset> assets;
    private final String policy;

    /** Reads the page out of the bundle.
     * @param context this bundle's
     * @throws IOException if the bundle is damaged */
    @Activate
    public UiServlet(BundleContext context) throws IOException {
        this(Assets.of(context.getBundle()));
    }

    UiServlet(Map<String, Asset> assets) {
        this.assets = Map.copyOf(assets);
        this.policy =
                "default-src 'self'; script-src 'self' '"
                        + Assets.importMapHash(assets.get(Assets.PAGE))
                        + "'; img-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        String path =
                request.getServletPath().isEmpty()
                        ? "/"
                        : request.getServletPath()
                                + (request.getPathInfo() == null ? "" : request.getPathInfo());
        Asset asset =
                assets.get(
                        path.equals("/") || path.equals("/ui") || path.equals("/ui/")
                                ? Assets.PAGE
                                : path);
        response.setHeader("Content-Security-Policy", policy);
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("Referrer-Policy", "no-referrer");
        response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
        response.setHeader("Permissions-Policy", "camera=(), geolocation=(), microphone=()");
        if (asset == null) {
            response.setStatus(404);
            response.setContentType("text/plain;charset=utf-8");
            response.getOutputStream()
                    .write(
                            "There is no such page; the start is at /\n"
                                    .getBytes(java.nio.charset.StandardCharsets.UTF_8));
            return;
        }
        response.setHeader(
                "Cache-Control",
                asset.versioned() ? "public, max-age=31536000, immutable" : "no-cache");
        boolean gzip = takesGzip(request);
        response.setHeader("Vary", "Accept-Encoding");
        response.setHeader("ETag", asset.etag(gzip));
        if (asset.etag(gzip).equals(request.getHeader("If-None-Match"))) {
            response.setStatus(304);
            return;
        }
        byte[] body = gzip ? asset.compressed() : asset.bytes();
        if (gzip) {
            response.setHeader("Content-Encoding", "gzip");
        }
        response.setContentType(asset.type());
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }

    private static boolean takesGzip(HttpServletRequest request) {
        String accepted = request.getHeader("Accept-Encoding");
        return accepted != null
                && accepted.matches("(?i).*\\bgzip\\b(?!\\s*;\\s*q=0(\\.0*)?\\s*(,|$)).*");
    }
}
