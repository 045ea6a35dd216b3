package dev.weft.api.health;

import org.osgi.annotation.versioning.ConsumerType;

/** One check of {@code /api/health}; rooms register it as a service. Called often: must be quick and must not block. */
@ConsumerType
public interface HealthCheck {
    /** What is checked, {@code kebab-case}.
     * @return unique in the host */
    String name();

    /** Looks.
     * @return the state now */
    Status check();

    /**
     * The outcome of a check.
     *
     * @param ok whether it works
     * @param blocking whether the host is not ready while this fails (a warning otherwise)
     * @param detail one line for people: what is wrong and what to do; "" if ok
     */
    record Status(boolean ok, boolean blocking, String detail) {
        /** All is well. */
        public static final Status OK = new Status(true, false, "");

        /** The host is not ready.
         * @param detail what is wrong and what to do
         * @return a status */
        public static Status notReady(String detail) {
            return new Status(false, true, detail);
        }

        /** Something is amiss, but the host does its work.
         * @param detail what is wrong and what to do
         * @return a status */
        public static Status warning(String detail) {
            return new Status(false, false, detail);
        }
    }
}
