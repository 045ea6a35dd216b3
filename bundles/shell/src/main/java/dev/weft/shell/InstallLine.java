package dev.weft.shell;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** The arguments of {@code weft:install}.
 * @param skills SKILL or SKILL@VERSION, at least one
 * @param yes whether what the plan asks is agreed to
 * @param dry whether only the plan is wanted
 * @param on a label, {@code key=value}, or the name or id of an agent; "" for this host */
record InstallLine(List<String> skills, boolean yes, boolean dry, String on) {
    static final String USAGE =
            "usage: weft:install SKILL[@VERSION]… [--yes] [--dry-run] [--on LABEL|AGENT]";

    /** @throws IllegalArgumentException says what is wrong */
    static InstallLine parse(List<String> words) {
        List<String> skills = new ArrayList<>();
        boolean yes = false;
        boolean dry = false;
        String on = "";
        for (Iterator<String> rest = words.iterator(); rest.hasNext(); ) {
            String word = rest.next();
            switch (word) {
                case "--yes" -> yes = true;
                case "--dry-run" -> dry = true;
                case "--on" -> {
                    if (!rest.hasNext()) {
                        throw new IllegalArgumentException("--on needs a value; " + USAGE);
                    }
                    on = rest.next();
                }
                default -> {
                    if (word.startsWith("-")) {
                        throw new IllegalArgumentException(
                                "\"" + word + "\" is no option; " + USAGE);
                    }
                    skills.add(word);
                }
            }
        }
        if (skills.isEmpty()) {
            throw new IllegalArgumentException(USAGE);
        }
        if (yes && !on.isEmpty()) {
            throw new IllegalArgumentException(
                    "--yes does not go with --on: each host's own policy decides");
        }
        return new InstallLine(List.copyOf(skills), yes, dry, on);
    }
}
