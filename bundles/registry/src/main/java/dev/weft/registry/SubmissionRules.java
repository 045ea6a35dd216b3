package dev.weft.registry;

import dev.weft.protocol.AgentId;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.SkillCard;
import dev.weft.protocol.Traceparent;
import dev.weft.protocol.Wire;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** What the inbox accepts. */
final class SubmissionRules {
    private static final long MAX_TTL = 604_800;

    private static final Pattern REQUEST = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    private SubmissionRules() {}

    /** A trace context as W3C has it; "" for anything else. */
    static String traceparent(String shown) {
        return Traceparent.trace(shown).isEmpty() ? "" : shown;
    }

    /** A request's id that does no harm in logs; "" for anything else. */
    static String requestId(String shown) {
        return shown != null && REQUEST.matcher(shown).matches() ? shown : "";
    }

    static void check(String skill, String target, String source, long ttl) {
        if (skill.isEmpty() && target.isEmpty()) {
            throw new ProtocolException("no_addressee", "a task needs skill or target_agent_id");
        }
        if (!skill.isEmpty() && !isSkill(skill)) {
            throw new ProtocolException(
                    "bad_skill_id",
                    "skill must be a skill id or skill.tool, got " + Wire.quote(skill));
        }
        if (!target.isEmpty() && !AgentId.isValid(target)) {
            throw new ProtocolException(
                    "bad_agent_id",
                    "target_agent_id must be an agent id, got " + Wire.quote(target));
        }
        if (source.length() > 128) {
            throw new ProtocolException(
                    "bad_source", "source_agent_id is longer than 128 characters");
        }
        if (ttl < 1 || ttl > MAX_TTL) {
            throw new ProtocolException(
                    "bad_ttl", "ttl must be 1 to " + MAX_TTL + " seconds, got " + ttl);
        }
    }

    /** A tool's name is a Java method's name, with capitals. */
    private static boolean isSkill(String skill) {
        int dot = skill.lastIndexOf('.');
        return SkillCard.isId(skill)
                || dot > 0
                        && SkillCard.isId(skill.substring(0, dot))
                        && skill.substring(dot + 1).matches("\\w{1,63}");
    }

    static boolean isTask(String id) {
        return id != null && id.matches("[A-Za-z0-9._-]{1,64}");
    }

    /** Takes out what no database keeps: PostgreSQL has no NUL, and half a surrogate pair is no character. */
    static String storable(String text) {
        String whole = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        return whole.indexOf('\0') < 0 ? whole : whole.replace('\0', '\uFFFD');
    }

    static void bounded(String member, String text) {
        if (text.length() > Wire.MAX_BODY) {
            throw new ProtocolException(
                    "too_large",
                    member
                            + " may have "
                            + Wire.MAX_BODY
                            + " characters, this one has "
                            + text.length());
        }
    }
}
