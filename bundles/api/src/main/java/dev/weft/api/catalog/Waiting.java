package dev.weft.api.catalog;

/**
 * A skill that would update itself, if a person agreed.
 *
 * @param skill skill id
 * @param reason what a person must look at
 */
public record Waiting(String skill, String reason) {}
