package dev.weft.skill.runtime;

/** Says why a service is not taken as a skill. */
final class SkillRefused extends Exception {
    private static final long serialVersionUID = 1L;

    SkillRefused(String reason) {
        super(reason);
    }

    SkillRefused(String reason, Throwable cause) {
        super(reason, cause);
    }
}
