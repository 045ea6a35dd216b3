package dev.weft.api.repository;

import org.osgi.annotation.versioning.ConsumerType;

/** Hears what is said against a release (yank, revoke) in the repository of this host; registered as a service. Must not block. */
@ConsumerType
public interface StatementListener {
    /** Something was said.
     * @param statement a signed document that stands for itself, JSON */
    void stated(byte[] statement);
}
