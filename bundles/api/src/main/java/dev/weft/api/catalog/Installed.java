package dev.weft.api.catalog;

/**
 * Where a skill of the deploy folder came from.
 *
 * @param skill skill id
 * @param repository name; "" if somebody dropped the file: nobody signed it
 * @param publisher namespace; "" if somebody dropped the file
 * @param pinned whether updates leave it as it is
 * @param automatic whether it is updated by itself when the policy says yes
 */
public record Installed(
        String skill, String repository, String publisher, boolean pinned, boolean automatic) {}
