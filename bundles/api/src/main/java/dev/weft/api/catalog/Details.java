package dev.weft.api.catalog;

import dev.weft.protocol.SkillCard.ToolCard;
import java.util.List;

/**
 * All that is known of a skill before it is installed.
 *
 * @param listing the newest release that nothing was said against, or the one that was asked for
 * @param publisher whose it is
 * @param signature what was verified, in words
 * @param versions all releases, the newest first
 * @param needs what it needs of a host, in words
 * @param dependents skills of this host's repositories that need it
 * @param jar what was seen in the jar; null if it is not at hand
 * @param problem why the jar could not be looked into; "" if it was
 */
public record Details(
        Listing listing,
        Repository.Publisher publisher,
        String signature,
        List<Release> versions,
        List<String> needs,
        List<String> dependents,
        Inside jar,
        String problem) {
    /**
     * A release.
     *
     * @param version bundle version
     * @param published ISO 8601, UTC
     * @param size of the jar, in bytes
     * @param sha256 of the jar, hex
     * @param state {@code available}, {@code yanked} or {@code revoked}
     * @param reason why it was yanked or revoked; "" otherwise
     */
    public record Release(
            String version,
            String published,
            long size,
            String sha256,
            String state,
            String reason) {}

    /**
     * What is in a jar.
     *
     * @param readme its README, Markdown; "" if it has none; not to be trusted: show it as text
     * @param changelog its CHANGELOG, Markdown; "" if it has none
     * @param tools the calls that it offers, as far as its classes tell without running
     * @param configuration what can be set
     * @param scan what the scan found
     */
    public record Inside(
            String readme,
            String changelog,
            List<ToolCard> tools,
            List<Setting> configuration,
            Scanned scan) {}

    /**
     * A configuration key.
     *
     * @param key its name
     * @param title for people
     * @param description for people
     * @param required whether it has neither a value nor a default
     * @param secret whether it is a password
     */
    public record Setting(
            String key, String title, String description, boolean required, boolean secret) {}

    /**
     * What a scan said.
     *
     * @param status {@code passed}, {@code findings} or {@code not-scanned}
     * @param reason why it was not scanned; "" otherwise
     * @param findings the worst first
     */
    public record Scanned(String status, String reason, List<Finding> findings) {}

    /**
     * Something that a person should know.
     *
     * @param name for programs
     * @param severity {@code high}, {@code medium} or {@code low}
     * @param explanation what was found, where, and why it matters
     */
    public record Finding(String name, String severity, String explanation) {}
}
