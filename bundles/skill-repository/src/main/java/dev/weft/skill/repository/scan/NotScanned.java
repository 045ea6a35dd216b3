package dev.weft.skill.repository.scan;

/** The scan cannot go on. */
final class NotScanned extends Exception {
    NotScanned(String reason) {
        super(reason);
    }
}
