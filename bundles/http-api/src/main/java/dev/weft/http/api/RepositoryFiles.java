package dev.weft.http.api;

import dev.weft.api.repository.SkillRepository;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The files of the repository of skills, as any web server would give them. */
final class RepositoryFiles implements Resource {
    private static final Pattern REST = Pattern.compile("bytes=([0-9]{1,18})-");
    private final Rooms rooms;

    RepositoryFiles(Rooms rooms) {
        this.rooms = rooms;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                file("/repository/{file}", "A file of the repository of skills"),
                file(
                        "/repository/{folder}/{file}",
                        "A file of a folder of the repository of skills: roots, publishers, jars"));
    }

    private Route file(String template, String summary) {
        return Route.get(
                        template,
                        summary + "; for any role, or for everybody where it is open",
                        Set.of(dev.weft.api.identity.Role.VIEWER),
                        this::read)
                .open(Route.Access.CREDENTIAL);
    }

    private CompletionStage<Reply> read(Call call) throws IOException {
        SkillRepository repository = rooms.repository();
        if (!repository.open() && call.caller() == null) {
            throw ApiException.unauthorized(
                    "this repository is not open to strangers: show an access key (X-API-Key), a device token or a bearer token");
        }
        String folder = call.path("folder");
        String name = (folder == null ? "" : folder + "/") + call.path("file");
        Path file =
                repository
                        .file(name)
                        .orElseThrow(
                                () -> ApiException.notFound("the repository has no such file"));
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        // what has a digest in its name never changes, nor does a jar or a root
        boolean forGood = folder != null || name.matches("[0-9a-f]{64}\\..*");
        String tag =
                "\""
                        + Long.toHexString(attributes.lastModifiedTime().toMillis())
                        + "-"
                        + Long.toHexString(attributes.size())
                        + "\"";
        HttpServletResponse response = call.response();
        response.setHeader("ETag", tag);
        response.setHeader(
                "Cache-Control",
                (repository.open() ? "public, " : "private, ")
                        + (forGood ? "max-age=31536000, immutable" : "no-cache"));
        response.setDateHeader("Last-Modified", attributes.lastModifiedTime().toMillis());
        if (tag.equals(call.header("If-None-Match"))) {
            response.setStatus(304);
        } else {
            call.patience(Duration.ofMinutes(5));
            response.setContentType("application/octet-stream");
            response.setHeader("Accept-Ranges", "bytes");
            long from = from(call, tag, attributes.size());
            if (from > 0) {
                response.setStatus(206);
                response.setHeader(
                        "Content-Range",
                        "bytes " + from + "-" + (attributes.size() - 1) + "/" + attributes.size());
            }
            response.setContentLengthLong(attributes.size() - from);
            try (InputStream in = Files.newInputStream(file)) {
                in.skipNBytes(from);
                in.transferTo(response.getOutputStream());
            }
        }
        return CompletableFuture.completedFuture(Reply.WRITTEN);
    }

    /** Where a reader goes on whose download was cut; 0 for the whole file, also for ranges of other kinds. */
    private static long from(Call call, String tag, long size) {
        String range = call.header("Range");
        String same = call.header("If-Range");
        if (range == null || same != null && !same.equals(tag)) {
            return 0;
        }
        Matcher rest = REST.matcher(range);
        long from = rest.matches() ? Long.parseLong(rest.group(1)) : 0;
        return from < size ? from : 0;
    }
}
