package dev.weft.catalog;

import dev.weft.api.catalog.CatalogProblem;
import dev.weft.api.catalog.CatalogProblem.Kind;
import dev.weft.api.deploy.Deployments;
import dev.weft.api.deploy.Deployments.Fit;
import dev.weft.api.deploy.Deployments.Missing;
import dev.weft.skill.repository.Entry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Makes the file of a skill: its jar, or a zip of it and the libraries that the host lacks. The framework itself says what is missing;
 * what a repository offers is added and tried again. The bytes depend on the jars alone, so that another host makes the same file.
 */
final class Assembly {
    private static final int MOST = 32;
    private final Repositories repositories;
    private final Downloads downloads;
    private final Store store;
    private final Deployments deployments;

    Assembly(Repositories repositories, Downloads downloads, Store store, Deployments deployments) {
        this.repositories = repositories;
        this.downloads = downloads;
        this.store = store;
        this.deployments = deployments;
    }

    /** A bundle of a file.
     * @param why {@code skill}, or what needs it */
    record Part(Held repository, Entry entry, String why) {}

    /** A file.
     * @param parts the skill first
     * @param refusal why this host would not take it; "" if it would */
    record Made(String sha256, boolean zip, List<Part> parts, String refusal) {}

    /** Makes a file that fits this host, if there is one. */
    Made make(Held repository, Entry skill) {
        List<Part> parts = new ArrayList<>(List.of(new Part(repository, skill, "skill")));
        while (true) {
            String sha256 = file(parts);
            Fit fit = check(sha256);
            boolean added = false;
            for (Missing need : fit.missing()) {
                Optional<Part> provider =
                        parts.size() < MOST ? provider(repository, need) : Optional.empty();
                if (provider.isPresent() && isNew(parts, provider.get())) {
                    parts.add(provider.get());
                    added = true;
                }
            }
            if (!added) {
                return new Made(sha256, parts.size() > 1, List.copyOf(parts), fit.refusal());
            }
        }
    }

    /** Makes a file of parts that are known. */
    Made make(List<Part> parts) {
        String sha256 = file(parts);
        return new Made(sha256, parts.size() > 1, parts, check(sha256).refusal());
    }

    private static boolean isNew(List<Part> parts, Part more) {
        return parts.stream()
                .noneMatch(
                        p -> p.entry().release().bundle().equals(more.entry().release().bundle()));
    }

    /** The skill's own repository first, so that nobody can slip a library under another's skill; then the others by priority. */
    private Optional<Part> provider(Held own, Missing need) {
        List<Held> order = new ArrayList<>(List.of(own));
        repositories.all().stream().filter(h -> !h.name().equals(own.name())).forEach(order::add);
        String why = need.bundle() + " needs " + HostFit.words(need.namespace(), need.filter());
        for (Held held : order) {
            Optional<Entry> best =
                    held.offering(need.namespace(), HostFit.filter(need.filter())).stream()
                            .max(
                                    Comparator.comparing(Held::version)
                                            .thenComparing(e -> e.release().bundle()));
            if (best.isPresent()) {
                return Optional.of(new Part(held, best.get(), why));
            }
        }
        return Optional.empty();
    }

    private String file(List<Part> parts) {
        parts.forEach(part -> downloads.fetch(part.repository(), part.entry()));
        if (parts.size() == 1) {
            return parts.get(0).entry().release().sha256();
        }
        try {
            return store.put(zip(parts));
        } catch (IOException e) {
            throw new CatalogProblem(
                    Kind.UNREACHABLE, "not_kept", "the zip cannot be written: " + e.getMessage());
        }
    }

    private byte[] zip(List<Part> parts) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.setMethod(ZipOutputStream.STORED);
            List<Part> sorted =
                    parts.stream()
                            .sorted(Comparator.comparing(p -> p.entry().release().bundle()))
                            .toList();
            for (Part part : sorted) {
                byte[] jar = Files.readAllBytes(store.path(part.entry().release().sha256()));
                ZipEntry entry = new ZipEntry(part.entry().release().bundle() + ".jar");
                CRC32 crc = new CRC32();
                crc.update(jar);
                entry.setCrc(crc.getValue());
                entry.setSize(jar.length);
                entry.setTimeLocal(LocalDateTime.of(1980, 1, 1, 0, 0));
                zip.putNextEntry(entry);
                zip.write(jar);
            }
        }
        return bytes.toByteArray();
    }

    private Fit check(String sha256) {
        Path file = store.path(sha256);
        return await(deployments.check(file), "trying " + sha256);
    }

    /** Waits for the deploy folder, which keeps limits of its own. */
    static <T> T await(CompletableFuture<T> what, String doing) {
        try {
            return what.get(120, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CatalogProblem(Kind.UNREACHABLE, "interrupted", doing + " was interrupted");
        } catch (ExecutionException e) {
            throw new CatalogProblem(
                    Kind.UNREACHABLE, "deploy_failed", doing + " failed: " + e.getCause());
        } catch (TimeoutException e) {
            throw new CatalogProblem(Kind.UNREACHABLE, "too_late", doing + " took too long");
        }
    }
}
