package dev.weft.shell;

import dev.weft.api.audit.Audit;
import dev.weft.api.identity.SecretFile;
import dev.weft.api.store.Backup;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** A copy of the host's database, made while it works; put back by {@code weft restore} once the host is stopped. */
@Component(
        service = Copies.class,
        property = {"osgi.command.scope=weft", "osgi.command.function=backup"})
public final class Copies {
    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Backup database;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Audit log;

    /** Writes a copy.
     * @param file a path on this host's machine that does not exist
     * @return where it is
     * @throws IOException if it cannot be made or written; no file is left then */
    @Descriptor("writes a copy of this host's database: FILE, which must not exist")
    public String backup(String file) throws IOException {
        Backup source = database;
        if (source == null) {
            return Words.missing("a database");
        }
        Path target = Path.of(file).toAbsolutePath().normalize();
        if (Files.exists(target)) {
            throw new FileAlreadyExistsException(
                    target + " exists; name another file, or remove it");
        }
        if (!Files.isDirectory(target.getParent())) {
            throw new NoSuchFileException("there is no folder " + target.getParent());
        }
        Path part = target.resolveSibling(target.getFileName() + ".part");
        Files.deleteIfExists(part);
        try {
            source.write(SecretFile.create(part)); // closes it
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
        }
        ShellAudit.record(log, "backup", target.toString());
        return "the database is saved in "
                + target
                + " ("
                + Words.bytes(Files.size(target))
                + "); the keys in the folder keys are not in it";
    }
}
