package dev.weft.deploy;

import dev.weft.deploy.DesiredState.Good;
import dev.weft.deploy.DesiredState.Item;
import dev.weft.deploy.DesiredState.Quarantine;
import dev.weft.deploy.DesiredState.State;
import dev.weft.deploy.DesiredState.Yield;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** What is known of the releases beyond this run of the host. Used on the loop only. */
final class Ledger {
    private final int keep;
    private final Map<String, Item> items = new LinkedHashMap<>();
    private final Map<String, Quarantine> quarantine = new LinkedHashMap<>();
    private final Map<String, Yield> yielded;

    /** Goes on where an earlier run stopped.
     * @param keep how many versions are kept beside the one that runs */
    Ledger(State before, int keep) {
        this.keep = keep;
        before.releases().stream()
                .filter(item -> item.good() != null && !item.good().isEmpty())
                .forEach(item -> items.put(item.name(), item));
        before.quarantine().forEach(entry -> quarantine.put(entry.sha256(), entry));
        yielded = new HashMap<>(before.yielded());
    }

    /** A release works. */
    void good(Release release, String file) {
        Item before = items.remove(release.name());
        List<Good> good = new ArrayList<>(before == null ? List.of() : before.good());
        good.removeIf(one -> one.sha256().equals(release.sha256()));
        good.add(new Good(release.sha256(), release.version().toString(), false));
        while (good.size() > keep + 1) {
            good.remove(0);
        }
        items.put(release.name(), new Item(release.name(), file, List.copyOf(good)));
        quarantine.remove(release.sha256());
    }

    /** Tells whether a content worked once. */
    boolean isGood(String sha256) {
        return items.values().stream()
                .flatMap(item -> item.good().stream())
                .anyMatch(good -> good.sha256().equals(sha256));
    }

    /** Somebody wants to be rid of a content: no roll back goes to it by itself. */
    void withdraw(String name, String sha256) {
        items.computeIfPresent(
                name,
                (key, item) ->
                        new Item(
                                name,
                                item.file(),
                                item.good().stream()
                                        .map(
                                                one ->
                                                        one.sha256().equals(sha256)
                                                                ? new Good(
                                                                        sha256, one.version(), true)
                                                                : one)
                                        .toList()));
    }

    /** Finds what to go back to.
     * @param version "" for the last that was not withdrawn */
    Optional<Good> before(String name, String version) {
        return earlier(name).stream()
                .filter(one -> version.isEmpty() ? !one.withdrawn() : one.version().equals(version))
                .findFirst();
    }

    /** What ran before, the last one first. */
    List<Good> earlier(String name) {
        Item item = items.get(name);
        List<Good> earlier = new ArrayList<>();
        for (int i = item == null ? -1 : item.good().size() - 2; i >= 0; i--) {
            earlier.add(item.good().get(i));
        }
        return earlier;
    }

    /** What a file held when it last worked. */
    List<Item> of(String file) {
        return items.values().stream().filter(item -> file.equals(item.file())).toList();
    }

    /** Files in the order in which their releases began. */
    List<String> order() {
        return items.values().stream().map(Item::file).toList();
    }

    void forget(String name) {
        items.remove(name);
    }

    void quarantine(String sha256, String file, long modified, String reason) {
        quarantine.put(sha256, new Quarantine(sha256, file, modified, reason));
    }

    /** Tells why a content must not be started.
     * @return empty if it may, also because the file was touched since */
    Optional<String> quarantined(String sha256, String file, long modified) {
        Quarantine entry = quarantine.get(sha256);
        if (entry == null) {
            return Optional.empty();
        }
        if (entry.file().equals(file) && entry.modified() == modified) {
            return Optional.of(entry.reason());
        }
        quarantine.remove(sha256);
        return Optional.empty();
    }

    /** Somebody asks for another try. */
    void pardon(String file) {
        quarantine.values().removeIf(entry -> entry.file().equals(file));
    }

    /** Tells, once, whether a file had given way when the last run ended.
     * @return the other file; "" if it had not, or holds something else now */
    String yieldedTo(String file, String sha256) {
        Yield before = yielded.remove(file);
        return before != null && before.sha256().equals(sha256) ? before.to() : "";
    }

    /** Forgets what belongs to files that are gone. */
    void tidy(Predicate<String> isThere) {
        items.values().removeIf(item -> !isThere.test(item.file()));
        quarantine.values().removeIf(entry -> !isThere.test(entry.file()));
        yielded.keySet().removeIf(file -> !isThere.test(file));
    }

    /** Digests of all contents that are worth keeping. */
    Set<String> digests() {
        Set<String> all = new HashSet<>();
        items.values().forEach(item -> item.good().forEach(good -> all.add(good.sha256())));
        return all;
    }

    /** All of it, to be written down.
     * @param now files that give way now */
    State state(Map<String, Yield> now) {
        Map<String, Yield> all = new HashMap<>(yielded);
        all.putAll(now);
        return new State(List.copyOf(items.values()), List.copyOf(quarantine.values()), all);
    }
}
