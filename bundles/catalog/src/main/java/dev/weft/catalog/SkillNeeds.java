package dev.weft.catalog;

import dev.weft.api.catalog.Plan.Member;
import dev.weft.catalog.Folder.File;
import dev.weft.skill.repository.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Skills that skills need when they run: requirements {@code weft.skill} with {@code effective:=active}. */
final class SkillNeeds {
    private SkillNeeds() {}

    /** What a release needs.
     * @return skill ids */
    static List<String> of(Entry entry) {
        return entry.clauses().stream()
                .filter(
                        need ->
                                !need.capability()
                                        && need.namespace().equals("weft.skill")
                                        && !"resolve"
                                                .equals(
                                                        need.directives()
                                                                .getOrDefault(
                                                                        "effective", "resolve"))
                                        && !"optional".equals(need.directives().get("resolution")))
                .map(
                        need ->
                                HostFit.value(
                                        "weft.skill", need.directives().getOrDefault("filter", "")))
                .distinct()
                .toList();
    }

    /** Who needs some skills, among files that stay.
     * @return one phrase each */
    static List<String> users(List<String> skills, Repositories repositories, List<File> files) {
        List<String> users = new ArrayList<>();
        for (File file : files) {
            List<Member> members = file.origin().map(Origins.Origin::members).orElse(List.of());
            for (Held held : repositories.all()) {
                for (Member member : held.isReadable() ? members : List.<Member>of()) {
                    Optional<Entry> entry = held.search().find(member.bundle(), member.version());
                    entry
                            .filter(e -> e.release().sha256().equals(member.sha256()))
                            .map(SkillNeeds::of)
                            .orElse(List.of())
                            .stream()
                            .filter(skills::contains)
                            .forEach(id -> users.add(member.bundle() + " needs skill " + id));
                }
            }
        }
        return users.stream().distinct().toList();
    }
}
