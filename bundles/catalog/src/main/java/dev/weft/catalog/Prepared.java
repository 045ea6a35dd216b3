package dev.weft.catalog;

import dev.weft.api.catalog.Plan;
import dev.weft.catalog.Origins.Origin;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A plan, and what it takes to do it.
 *
 * @param plan as people see it
 * @param changes files of the deploy folder that change, in order; each belongs to a step
 * @param origins of the new contents, by digest
 * @param targets what the steps were decided upon, by bundle
 * @param pins which bundles a lock pins, and which it does not; empty without a lock
 * @param until when it is forgotten
 */
record Prepared(
        Plan plan,
        List<FileChange> changes,
        Map<String, Origin> origins,
        Map<String, Assembly.Made> targets,
        Map<String, Boolean> pins,
        Instant until) {}
