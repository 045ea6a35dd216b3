package dev.weft.skill.repository.scan;

/**
 * Something that a person should know before installing.
 *
 * @param name for programs, such as {@code undeclared-net}
 * @param severity how bad
 * @param explanation what was found, where, and why it matters
 */
public record Finding(String name, Severity severity, String explanation) {
    /** How bad. */
    public enum Severity {
        /** Worth knowing. */
        LOW,
        /** Ask before installing. */
        MEDIUM,
        /** No honest skill needs it: do not install. */
        HIGH
    }
}
