package dev.weft.skill.repository.scan;

import dev.weft.skill.repository.scan.Finding.Severity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects findings, one of a name: the first place explains enough. */
final class Findings {
    private final Map<String, Finding> found = new LinkedHashMap<>();

    void high(String name, String explanation) {
        found.putIfAbsent(name, new Finding(name, Severity.HIGH, explanation));
    }

    void medium(String name, String explanation) {
        found.putIfAbsent(name, new Finding(name, Severity.MEDIUM, explanation));
    }

    void low(String name, String explanation) {
        found.putIfAbsent(name, new Finding(name, Severity.LOW, explanation));
    }

    /** A finding that a person is asked about, unless the manifest told it. */
    void asked(String name, String explanation, boolean told) {
        if (told) {
            low(name, explanation);
        } else {
            medium(name, explanation);
        }
    }

    List<Finding> list() {
        List<Finding> list = new ArrayList<>(found.values());
        list.sort(Comparator.comparing(Finding::severity).reversed());
        return List.copyOf(list);
    }
}
