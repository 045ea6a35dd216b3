package dev.weft.http.api;

import dev.weft.api.catalog.Catalog;
import dev.weft.api.catalog.CatalogProblem;
import dev.weft.api.catalog.CatalogProblem.Kind;
import dev.weft.api.catalog.Details;
import dev.weft.api.catalog.Installed;
import dev.weft.api.catalog.Listing;
import dev.weft.api.catalog.Lock;
import dev.weft.api.catalog.Plan;
import dev.weft.api.catalog.Repository;
import dev.weft.api.catalog.Waiting;
import java.util.List;
import java.util.Optional;

/** A catalog with one repository, {@code main}, and one skill, {@code disk}. */
final class FakeCatalog implements Catalog {
    private static final Repository.Publisher PUBLISHER =
            new Repository.Publisher("com.acme", "Acme", "f", true);
    private static final Repository MAIN =
            new Repository(
                    "main",
                    "/media/usb",
                    "f",
                    0,
                    "ask",
                    1,
                    "2027-01-01T00:00:00Z",
                    false,
                    "2026-01-01T00:00:00Z",
                    "",
                    1,
                    List.of(PUBLISHER));
    private static final Repository OTHER =
            new Repository(
                    "other",
                    "/media/other",
                    "g",
                    0,
                    "ask",
                    1,
                    "2027-01-01T00:00:00Z",
                    false,
                    "2026-01-01T00:00:00Z",
                    "",
                    1,
                    List.of(new Repository.Publisher("org.new", "New", "g", false)));
    private static final Listing DISK =
            new Listing(
                    "disk",
                    "Disk",
                    "Disks",
                    "com.acme.disk",
                    "1.0.0",
                    "main",
                    "com.acme",
                    "",
                    1,
                    List.of(),
                    true,
                    "",
                    "");
    private static final Installed INSTALLED =
            new Installed("disk", "main", "com.acme", false, false);

    private static void expect(boolean good, Kind kind) {
        if (!good) {
            throw new CatalogProblem(kind, "no", "no");
        }
    }

    @Override
    public List<Repository> repositories() {
        return List.of(MAIN, OTHER);
    }

    @Override
    public List<Waiting> waiting() {
        return List.of(new Waiting("disk", "it asks for permission net"));
    }

    @Override
    public Repository look(String address) {
        return MAIN;
    }

    @Override
    public Repository add(
            String address, String fingerprint, int priority, String policy, List<String> trusted) {
        expect(fingerprint.equals("f"), Kind.REFUSED);
        return MAIN;
    }

    @Override
    public boolean remove(String name) {
        return name.equals("main");
    }

    @Override
    public List<Repository> refresh(String name) {
        expect(!name.equals("nope"), Kind.UNKNOWN);
        return List.of(MAIN);
    }

    @Override
    public Repository trust(String repository, String namespace, String fingerprint) {
        expect(!fingerprint.equals("none"), Kind.UNKNOWN);
        expect(fingerprint.equals("f"), Kind.REFUSED);
        return MAIN;
    }

    @Override
    public Repository distrust(String repository, String namespace) {
        expect(repository.equals("main"), Kind.UNKNOWN);
        return MAIN;
    }

    @Override
    public List<Listing> search(Listing.Query query) {
        return List.of(DISK);
    }

    @Override
    public Optional<Details> details(String skill, String version) {
        return skill.equals("disk")
                ? Optional.of(
                        new Details(
                                DISK,
                                PUBLISHER,
                                "signed",
                                List.of(),
                                List.of(),
                                List.of(),
                                null,
                                "not at hand"))
                : Optional.empty();
    }

    @Override
    public Plan plan(Plan.Wish wish) {
        expect(!wish.install().contains("nope"), Kind.UNKNOWN);
        expect(!wish.install().contains("pinned"), Kind.REFUSED);
        return new Plan("p1", "2027-01-01T00:00:00Z", "ask", "a", List.of(), List.of());
    }

    @Override
    public Plan.Outcome apply(String id, String agreed, String who) {
        expect(agreed.equals("a"), Kind.CONFLICT);
        return new Plan.Outcome(true, List.of(), "");
    }

    @Override
    public List<Installed> installed() {
        return List.of(INSTALLED);
    }

    @Override
    public Optional<Installed> choose(String skill, Boolean pinned, Boolean automatic) {
        return skill.equals("disk") ? Optional.of(INSTALLED) : Optional.empty();
    }

    @Override
    public Lock lock() {
        return new Lock(1, List.of(), List.of());
    }
}
