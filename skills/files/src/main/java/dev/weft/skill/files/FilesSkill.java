package dev.weft.skill.files;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import dev.weft.skill.Skill;
import dev.weft.skill.SkillHealth;
import dev.weft.skill.SkillService;
import dev.weft.skill.TaskContext;
import dev.weft.skill.folders.Fence;
import dev.weft.skill.folders.FileContent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Files inside the configured folders, and nowhere else. */
@Skill(
        id = "files",
        title = "Files",
        description =
                "Lists, finds, reads and, where allowed, writes files inside the folders that are open on this machine",
        permissions = Skill.FILES)
@Component(service = SkillService.class, configurationPid = "dev.weft.skill.files")
@Designate(ocd = FilesSkill.Config.class)
public final class FilesSkill implements SkillService, SkillHealth {
    static final int MOST_BYTES = 1 << 20;
    private static final int MOST_ENTRIES = 1000;
    private static final int DEPTH = 32;

    /** Configuration. */
    @ObjectClassDefinition(name = "Weft skill: files")
    public @interface Config {
        /** The folders.
         * @return absolute paths */
        @AttributeDefinition(
                description = "Folders that are open, as absolute paths; empty: none is")
        String[] folders() default {};

        /** Whether files may be written and deleted.
         * @return false by default */
        @AttributeDefinition(description = "Whether files in them may be written and deleted")
        boolean writable() default false;
    }

    /** A file or folder.
     * @param path absolute
     * @param type file, folder or other
     * @param bytes its size; 0 for folders
     * @param modified when it last changed */
    public record Entry(String path, String type, long bytes, Instant modified) {}

    /** Entries.
     * @param entries in the order of their paths
     * @param truncated whether there were more */
    public record Entries(List<Entry> entries, boolean truncated) {}

    /** A piece of text.
     * @param path where it is from
     * @param text what it says
     * @param next where to go on reading; absent at the end */
    public record Piece(
            String path, String text, @JsonInclude(JsonInclude.Include.NON_NULL) Long next) {}

    /** A line that was looked for.
     * @param path where
     * @param line its number, from 1
     * @param text the line */
    public record Hit(String path, int line, String text) {}

    private final Fence fence;
    private final boolean writable;

    /** Reads the configuration.
     * @param config what is open */
    @Activate
    public FilesSkill(Config config) {
        fence = new Fence("files", config.folders());
        writable = config.writable();
    }

    @Override
    public Optional<String> problem() {
        return fence.problem();
    }

    /** The folders that are open.
     * @return absolute paths */
    @Tool("The folders that are open")
    public List<String> folders() {
        return fence.folders().stream().map(Path::toString).toList();
    }

    /** Lists a folder.
     * @param path the folder
     * @return what is in it
     * @throws IOException if it cannot be read */
    @Tool("Lists a folder")
    public Entries list(@P("a folder") String path) throws IOException {
        Fence.Place place = fence.existing(path);
        try (Stream<Path> all = Files.list(place.path())) {
            return entries(all.sorted());
        }
    }

    /** Finds files by name.
     * @param path where to look
     * @param glob pattern of the name
     * @param task tells when to stop
     * @return files and folders whose name fits
     * @throws IOException if the folder cannot be read */
    @Tool("Finds files and folders by name, in a folder and all below it; links are not followed")
    public Entries find(
            @P("the folder in which to look") String path,
            @P("pattern of the name, such as *.txt") String glob,
            TaskContext task)
            throws IOException {
        PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + glob);
        try (Stream<Path> all = walk(path, task)) {
            return entries(all.filter(file -> matcher.matches(file.getFileName())));
        }
    }

    /** Searches text files.
     * @param path where to look
     * @param text what to look for
     * @param limit how many lines
     * @param task tells when to stop
     * @return the lines
     * @throws IOException if the folder cannot be read */
    @Tool("Finds lines that contain a text, in the files of a folder and all below it")
    public List<Hit> search(
            @P("the folder in which to look") String path,
            @P("the text, letter case counts") String text,
            @P(value = "how many lines at most, 1 to 1000", defaultValue = "100") int limit,
            TaskContext task)
            throws IOException {
        if (text.isEmpty() || limit < 1 || limit > MOST_ENTRIES) {
            throw new IllegalArgumentException(
                    "text must not be empty, and limit must be 1 to " + MOST_ENTRIES);
        }
        Fence.Place folder = fence.existing(path);
        List<Hit> hits = new ArrayList<>();
        try (Stream<Path> all = walk(path, task)) {
            for (Path file : (Iterable<Path>) all::iterator) {
                lines(new Fence.Place(folder.root(), file), text, limit, hits);
                if (hits.size() >= limit) {
                    break;
                }
            }
        }
        return hits;
    }

    /** Reads text.
     * @param path the file
     * @param from first byte
     * @param maxBytes how much
     * @return the text
     * @throws IOException if it cannot be read */
    @Tool("Reads a text file (UTF-8), piece by piece if it is long")
    public Piece read(
            @P("the file") String path,
            @P(value = "the byte to begin at", defaultValue = "0") long from,
            @P(
                            name = "max_bytes",
                            value = "how many bytes at most, 4 to 1048576",
                            defaultValue = "65536")
                    int maxBytes)
            throws IOException {
        Fence.Place place = fence.existing(path);
        byte[] bytes = bytes(place, from, maxBytes);
        FileContent.Text text = text(bytes, path);
        long next = from + text.bytes();
        boolean more = next < FileContent.attributes(place).size() && text.bytes() > 0;
        return new Piece(place.path().toString(), text.text(), more ? next : null);
    }

    /** Reads bytes.
     * @param path the file
     * @param from first byte
     * @param maxBytes how many
     * @return the bytes, base64 in JSON
     * @throws IOException if it cannot be read */
    @Tool(name = "read_bytes", value = "Reads a file as bytes (base64)")
    public byte[] readBytes(
            @P("the file") String path,
            @P(value = "the byte to begin at", defaultValue = "0") long from,
            @P(
                            name = "max_bytes",
                            value = "how many bytes at most, 4 to 1048576",
                            defaultValue = "65536")
                    int maxBytes)
            throws IOException {
        return bytes(fence.existing(path), from, maxBytes);
    }

    /** Writes text.
     * @param path the file; its folder must exist
     * @param text what it shall say
     * @param append whether to keep what is there
     * @return the file
     * @throws IOException if it cannot be written */
    @Tool("Writes a text file (UTF-8), if writing is allowed here")
    public Entry write(
            @P("the file; its folder must exist") String path,
            @P("what it shall say, at most 1 MiB") String text,
            @P(value = "true adds to what is there", defaultValue = "false") boolean append)
            throws IOException {
        mayWrite();
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > MOST_BYTES) {
            throw new IllegalArgumentException("text may have " + MOST_BYTES + " bytes");
        }
        Fence.Place place = fence.place(path);
        FileContent.write(place, bytes, append);
        return entry(place.path());
    }

    /** Deletes a file.
     * @param path the file
     * @throws IOException if it cannot be deleted */
    @Tool("Deletes a file, if writing is allowed here; folders stay")
    public void delete(@P("the file") String path) throws IOException {
        mayWrite();
        FileContent.delete(fence.existing(path));
    }

    private static FileContent.Text text(byte[] bytes, String path) {
        try {
            return FileContent.text(bytes, path);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(e.getMessage() + "; use read_bytes", e);
        }
    }

    private void mayWrite() {
        if (!writable) {
            throw new IllegalArgumentException(
                    "files may only be read here; allow more with: weft skill config files writable=true");
        }
    }

    private static byte[] bytes(Fence.Place place, long from, int most) throws IOException {
        if (from < 0 || most < 4 || most > MOST_BYTES) {
            throw new IllegalArgumentException(
                    "from must not be negative, and max_bytes must be 4 to " + MOST_BYTES);
        }
        return FileContent.read(place, from, most);
    }

    /** Follows no link, so it stays inside. */
    private Stream<Path> walk(String path, TaskContext task) throws IOException {
        return Files.walk(fence.existing(path).path(), DEPTH)
                .peek(
                        at -> {
                            if (task.isCanceled()) {
                                throw new CancellationException("stopped");
                            }
                        })
                .sorted();
    }

    private static void lines(Fence.Place file, String text, int limit, List<Hit> hits) {
        try {
            if (!FileContent.attributes(file).isRegularFile()) {
                return;
            }
            int number = 0;
            String path = file.path().toString();
            String content = FileContent.text(FileContent.read(file, 0, MOST_BYTES), path).text();
            for (String line : (Iterable<String>) content.lines()::iterator) {
                number++;
                if (line.contains(text) && hits.size() < limit) {
                    hits.add(new Hit(path, number, shortened(line)));
                }
            }
        } catch (IOException | IllegalArgumentException noText) {
            // no UTF-8, or not ours to read: it has no lines for anybody
        }
    }

    private static String shortened(String line) {
        return line.length() > 300 ? line.substring(0, 300) + "…" : line;
    }

    private static Entries entries(Stream<Path> paths) {
        List<Entry> all = new ArrayList<>();
        for (Path path : (Iterable<Path>) paths.limit(MOST_ENTRIES + 1L)::iterator) {
            try {
                all.add(entry(path));
            } catch (IOException gone) {
                // deleted meanwhile
            }
        }
        boolean more = all.size() > MOST_ENTRIES;
        return new Entries(more ? all.subList(0, MOST_ENTRIES) : all, more);
    }

    private static Entry entry(Path path) throws IOException {
        BasicFileAttributes is =
                Files.readAttributes(
                        path, BasicFileAttributes.class, java.nio.file.LinkOption.NOFOLLOW_LINKS);
        String type = is.isRegularFile() ? "file" : is.isDirectory() ? "folder" : "other";
        return new Entry(
                path.toString(),
                type,
                is.isRegularFile() ? is.size() : 0,
                is.lastModifiedTime().toInstant());
    }
}
