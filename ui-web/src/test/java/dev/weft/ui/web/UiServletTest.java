package dev.weft.ui.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The files as the bundle has them, on a real server. */
class UiServletTest {
    private static final Path CLASSES = Path.of("target/classes");
    private static final Pattern IMPORT = Pattern.compile("(?:from|import)\\s*[\"']([^\"']+)[\"']");
    private final HttpClient http = HttpClient.newHttpClient();
    private final Server server = new Server();
    private URI base;

    @BeforeEach
    void start() throws Exception {
        Map<String, Asset> assets = new HashMap<>();
        for (String folder : List.of("web", "META-INF/resources/webjars")) {
            try (var files = Files.walk(CLASSES.resolve(folder))) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    Assets.put(assets, "/" + CLASSES.relativize(file), Files.readAllBytes(file));
                }
            }
        }
        ServerConnector connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler("/");
        ServletHolder holder = new ServletHolder(new UiServlet(assets));
        context.addServlet(holder, "/");
        context.addServlet(holder, "/ui/*");
        server.setHandler(context);
        server.start();
        base = URI.create("http://127.0.0.1:" + connector.getLocalPort());
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
    }

    private HttpResponse<String> get(String path, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(base.resolve(path)).timeout(Duration.ofSeconds(60));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    @Test
    void the_page_is_at_the_root_with_a_strict_policy() throws Exception {
        HttpResponse<String> page = get("/");
        assertEquals(200, page.statusCode());
        assertEquals("text/html;charset=utf-8", header(page, "Content-Type").toLowerCase());
        String policy = header(page, "Content-Security-Policy");
        assertTrue(policy.startsWith("default-src 'self'; script-src 'self' 'sha256-"), policy);
        assertFalse(policy.contains("unsafe"), policy);
        assertEquals("no-cache", header(page, "Cache-Control"));
        assertEquals("nosniff", header(page, "X-Content-Type-Options"));
        assertFalse(
                page.body().matches("(?s).*(https?:)?//[a-z].*"),
                "the page loads nothing from elsewhere");
        assertEquals(page.body(), get("/ui/").body());
    }

    @Test
    void what_did_not_change_is_not_sent_again() throws Exception {
        String tag = header(get("/ui/app.js"), "ETag");
        HttpResponse<String> again = get("/ui/app.js", "If-None-Match", tag);
        assertEquals("304 ", again.statusCode() + " " + again.body());
        assertEquals(200, get("/ui/app.js", "If-None-Match", "\"other\"").statusCode());
        assertTrue(
                header(get("/ui/lib/lit/3.3.2/index.js"), "Cache-Control").contains("immutable"));
    }

    @Test
    void a_browser_that_takes_gzip_gets_less_with_a_tag_of_its_own() throws Exception {
        HttpResponse<String> plain = get("/ui/app.js");
        HttpResponse<byte[]> small =
                http.send(
                        HttpRequest.newBuilder(base.resolve("/ui/app.js"))
                                .header("Accept-Encoding", "br, gzip")
                                .build(),
                        HttpResponse.BodyHandlers.ofByteArray());
        assertEquals("gzip", header(small, "Content-Encoding"));
        assertTrue(small.body().length < plain.body().length() / 2);
        try (var unpacked =
                new java.util.zip.GZIPInputStream(new java.io.ByteArrayInputStream(small.body()))) {
            assertEquals(plain.body(), new String(unpacked.readAllBytes()));
        }
        assertFalse(header(small, "ETag").equals(header(plain, "ETag")));
        assertEquals("Accept-Encoding", header(plain, "Vary"));
        assertEquals(
                "",
                header(get("/ui/app.js", "Accept-Encoding", "gzip;q=0, br"), "Content-Encoding"));
    }

    @Test
    void nothing_else_is_served() throws Exception {
        assertEquals(404, get("/ui/nothing.js").statusCode());
        assertEquals(404, get("/ui/lib/lit/3.3.2/LICENSE").statusCode());
        assertEquals(404, get("/ui/../META-INF/MANIFEST.MF").statusCode());
    }

    @Test
    void every_module_that_the_page_imports_is_there() throws Exception {
        String page = get("/").body();
        Map<String, String> map = new HashMap<>();
        Matcher entries = Pattern.compile("\"([^\"]+)\": \"(/ui/lib/[^\"]+)\"").matcher(page);
        while (entries.find()) {
            map.put(entries.group(1), entries.group(2));
        }
        Set<String> seen = new HashSet<>();
        Deque<String> todo = new ArrayDeque<>(List.of("/ui/app.js"));
        try (var views = Files.list(CLASSES.resolve("web/views"))) {
            views.forEach(view -> todo.add("/ui/views/" + view.getFileName())); // opened by name
        }
        while (!todo.isEmpty()) {
            String path = todo.poll();
            if (seen.add(path)) {
                HttpResponse<String> module = get(path);
                assertEquals(200, module.statusCode(), path);
                assertEquals(
                        "text/javascript;charset=utf-8",
                        header(module, "Content-Type").toLowerCase(),
                        path);
                Matcher imports = IMPORT.matcher(module.body());
                while (imports.find()) {
                    todo.add(resolve(path, imports.group(1), map));
                }
            }
        }
        assertTrue(seen.size() > 10, seen.toString());
    }

    private static String resolve(String from, String name, Map<String, String> map) {
        if (name.startsWith(".")) {
            return URI.create(from).resolve(name).getPath();
        }
        if (map.containsKey(name)) {
            return map.get(name);
        }
        String prefix = name.substring(0, name.lastIndexOf('/', name.length() - 1) + 1);
        for (String longest = prefix;
                !longest.isEmpty();
                longest =
                        longest.substring(0, longest.lastIndexOf('/', longest.length() - 2) + 1)) {
            if (map.containsKey(longest)) {
                return map.get(longest) + name.substring(longest.length());
            }
        }
        throw new AssertionError(name + " of " + from + " is not in the import map");
    }
}
