package dev.weft.api.catalog;

import java.util.List;

/**
 * A skill of a repository.
 *
 * @param skill skill id
 * @param title for people
 * @param description for people and models
 * @param bundle symbolic name of the bundle that offers it
 * @param version bundle version
 * @param repository name
 * @param publisher namespace
 * @param published ISO 8601, UTC
 * @param size of the jar, in bytes
 * @param permissions what it says that it reaches beyond its arguments
 * @param compatible whether this host, or another bundle of a repository, has all that it needs; nothing was tried yet
 * @param lacks what is missing, in words; "" if nothing is
 * @param installed version that runs here; "" if none does
 */
public record Listing(
        String skill,
        String title,
        String description,
        String bundle,
        String version,
        String repository,
        String publisher,
        String published,
        long size,
        List<String> permissions,
        boolean compatible,
        String lacks,
        String installed) {
    /**
     * What is looked for; an empty filter lets everything through.
     *
     * @param text words that must all be there; "" for all skills
     * @param publisher namespace
     * @param permission such as {@code net}
     * @param platform such as {@code linux/aarch64}
     * @param compatible whether only what fits this host is wanted
     * @param sort {@code rank}, {@code name} or {@code published}; "" for rank
     */
    public record Query(
            String text,
            String publisher,
            String permission,
            String platform,
            boolean compatible,
            String sort) {}
}
