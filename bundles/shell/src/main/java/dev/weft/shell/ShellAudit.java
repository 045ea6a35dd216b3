package dev.weft.shell;

import dev.weft.api.audit.Audit;

/** Writes down what was changed in the shell. Whoever reaches it is an administrator of this host. */
final class ShellAudit {
    static final String WHO = "shell";

    private ShellAudit() {}

    /** Does nothing where there is no audit log. */
    static void record(Audit log, String what, String target) {
        record(log, what, target, "ok");
    }

    static void record(Audit log, String what, String target, String outcome) {
        if (log != null) {
            log.record(new Audit.Entry(WHO, "admin", what, target, outcome, ""));
        }
    }
}
