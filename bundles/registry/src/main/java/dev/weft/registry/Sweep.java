package dev.weft.registry;

/** Something of this bundle that ages and wants to be looked at from time to time. May block on the database. */
public interface Sweep {
    /** Looks once. */
    void sweep();
}
