package dev.weft.skill.repository.scan;

import java.util.List;

/**
 * The answer of a scan. What was not scanned did not pass.
 *
 * @param status what came out
 * @param reason why it was not scanned; "" otherwise
 * @param findings the worst first; also what was seen before a scan had to stop
 */
public record Report(Status status, String reason, List<Finding> findings) {
    /** What came out. */
    public enum Status {
        /** All was looked at, and nothing was found. */
        PASSED,
        /** All was looked at. */
        FINDINGS,
        /** Not all could be looked at. */
        NOT_SCANNED
    }

    /** Whether nobody should install it: a finding of severity high, or it was not scanned.
     * @return true if so */
    public boolean blocks() {
        return status == Status.NOT_SCANNED
                || findings.stream().anyMatch(f -> f.severity() == Finding.Severity.HIGH);
    }
}
