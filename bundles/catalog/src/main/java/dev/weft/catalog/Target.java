package dev.weft.catalog;

import dev.weft.skill.repository.Entry;
import java.util.List;

/**
 * A release that shall run.
 *
 * @param repository where it is
 * @param entry the skill
 * @param why {@code asked for}, or which skill needs it
 * @param parts all bundles, if a lock says which; empty to find out
 * @param sha256 of the file, if a lock says so; "" otherwise
 */
record Target(Held repository, Entry entry, String why, List<Assembly.Part> parts, String sha256) {
    static final String ASKED = "asked for";

    static Target asked(Held repository, Entry entry) {
        return new Target(repository, entry, ASKED, List.of(), "");
    }

    String bundle() {
        return entry.release().bundle();
    }
}
