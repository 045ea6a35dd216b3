package dev.weft.api.identity;

/** What a caller may do. Each endpoint names the roles that may call it. */
public enum Role {
    /** Everything. */
    ADMIN,
    /** Tasks and approvals. */
    OPERATOR,
    /** An agent of the mesh: acts for itself only. */
    AGENT,
    /** Reads. */
    VIEWER,
    /** Publishes skills to a catalog. */
    PUBLISHER;

    /** The name on the wire and on the command line.
     * @return lower case */
    public String wireName() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    /** Reads a role.
     * @param name the wire name
     * @return the role
     * @throws IllegalArgumentException if there is no such role; the message lists them */
    public static Role of(String name) {
        for (Role role : values()) {
            if (role.wireName().equals(name)) {
                return role;
            }
        }
        throw new IllegalArgumentException(
                "no role \"" + name + "\"; roles are admin, operator, agent, viewer, publisher");
    }
}
