package dev.weft.catalog;

/**
 * A file of the deploy folder that gets another content.
 *
 * @param step number of the plan's step that it belongs to, from 0
 * @param file its name
 * @param before digest of its content before; "" if there was none
 * @param after digest of its content after; "" if it goes
 */
record FileChange(int step, String file, String before, String after) {}
