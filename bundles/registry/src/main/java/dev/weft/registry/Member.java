package dev.weft.registry;

import dev.weft.api.registry.Pairing;
import dev.weft.protocol.AgentId;

/**
 * A host that asked to join: one row of {@code registry_pairings}, one for each public key.
 *
 * @param id of the request
 * @param name label it asked for
 * @param peerId agent id assigned; stays with the key
 * @param publicKey the key it proved to hold
 * @param status {@link #PENDING}, {@link #APPROVED}, {@link #REJECTED} or {@link #REVOKED}
 * @param code the code it presented, while asking with it is answered; else ""
 * @param tokenHash SHA-256 of its device token in hex, "" if it has none
 * @param createdAt epoch milliseconds
 * @param updatedAt epoch milliseconds
 * @param approvedAt epoch milliseconds, 0 if it never was
 */
record Member(
        String id,
        String name,
        AgentId peerId,
        String publicKey,
        String status,
        String code,
        String tokenHash,
        long createdAt,
        long updatedAt,
        long approvedAt) {
    static final String PENDING = "pending_approval";
    static final String APPROVED = "approved";
    static final String REJECTED = "rejected";
    static final String REVOKED = "revoked";

    boolean is(String wanted) {
        return status.equals(wanted);
    }

    Member asking(String newName, String newCode, long now) {
        return new Member(id, newName, peerId, publicKey, PENDING, newCode, "", createdAt, now, 0);
    }

    Member askingAgain(String newCode, long now) {
        return new Member(
                id, name, peerId, publicKey, status, newCode, tokenHash, createdAt, now, now);
    }

    Member approved(long now) {
        return new Member(id, name, peerId, publicKey, APPROVED, code, "", createdAt, now, now);
    }

    Member closed(String newStatus, long now) {
        return new Member(
                id,
                name,
                peerId,
                publicKey,
                newStatus,
                newStatus.equals(REVOKED) ? "" : code,
                "",
                createdAt,
                now,
                approvedAt);
    }

    Member withToken(String hash) {
        return new Member(
                id, name, peerId, publicKey, status, code, hash, createdAt, updatedAt, approvedAt);
    }

    Member withoutCode() {
        return new Member(
                id,
                name,
                peerId,
                publicKey,
                status,
                "",
                tokenHash,
                createdAt,
                updatedAt,
                approvedAt);
    }

    Pairing.Entry entry() {
        return new Pairing.Entry(
                id, name, peerId, publicKey, status, createdAt / 1000.0, updatedAt / 1000.0);
    }
}
