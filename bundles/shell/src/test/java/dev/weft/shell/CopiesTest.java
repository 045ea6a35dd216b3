package dev.weft.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.audit.Audit;
import dev.weft.api.store.Backup;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code weft:backup}. */
class CopiesTest {
    @TempDir Path folder;
    private final Copies copies = new Copies();

    @Test
    void a_backup_is_a_new_file_for_its_owner_alone() throws Exception {
        List<Object> audited = new ArrayList<>();
        copies.log = Services.of(Audit.class, Map.of("record", entry -> audited.add(entry[0])));
        copies.database =
                out -> {
                    try (out) {
                        out.write(new byte[3]);
                    }
                };
        Path file = folder.resolve("copy.zip");
        String said = copies.backup(file.toString());
        assertTrue(said.contains(file + " (3 B)"), said);
        assertEquals(3, Files.size(file));
        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertEquals("backup", ((Audit.Entry) audited.get(0)).what());
        assertThrows(FileAlreadyExistsException.class, () -> copies.backup(file.toString()));
        assertThrows(
                NoSuchFileException.class,
                () -> copies.backup(folder.resolve("no/where.zip").toString()));
    }

    @Test
    void a_backup_that_fails_leaves_nothing() throws IOException {
        Backup elsewhere =
                out -> {
                    out.write(1);
                    throw new IllegalStateException("PostgreSQL has tools of its own");
                };
        copies.database = elsewhere;
        assertEquals(
                "PostgreSQL has tools of its own",
                assertThrows(
                                IllegalStateException.class,
                                () -> copies.backup(folder.resolve("copy.zip").toString()))
                        .getMessage());
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(List.of(), left.toList());
        }
    }
}
