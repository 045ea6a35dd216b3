package dev.weft.tasks;

import dev.weft.protocol.SkillCard;
import java.util.List;

/**
 * One way to read {@code a.b}: ids may contain dots, so it can be skill {@code a.b} or tool {@code b} of skill {@code a}.
 *
 * @param skill skill id
 * @param tool name of the tool, "" if none is named
 */
record SkillRef(String skill, String tool) {
    /** The readings of a reference, the longest skill id first; empty if it is malformed. */
    static List<SkillRef> readings(String reference) {
        int dot = reference.lastIndexOf('.');
        SkillRef whole = new SkillRef(reference, "");
        if (dot < 1 || dot == reference.length() - 1) {
            return whole.isValid() && dot < 0 ? List.of(whole) : List.of();
        }
        SkillRef split = new SkillRef(reference.substring(0, dot), reference.substring(dot + 1));
        return List.of(whole, split).stream().filter(SkillRef::isValid).toList();
    }

    private boolean isValid() {
        return SkillCard.isId(skill) && tool.length() <= 64;
    }

    /** Whether a skill is the one meant, and has the tool. */
    boolean fits(SkillCard card) {
        return card.id().equals(skill) && (tool.isEmpty() || card.tool(tool).isPresent());
    }

    @Override
    public String toString() {
        return tool.isEmpty() ? skill : skill + "." + tool;
    }
}
