package dev.weft.api.cluster;

import org.osgi.annotation.versioning.ConsumerType;

/** Hears one topic. Called one call at a time, in order, on a worker: it may use the database. What it throws is logged. */
@ConsumerType
public interface ClusterListener {
    /** A message of another host.
     * @param from its {@link Cluster#self()}
     * @param text what it said */
    void received(String from, String text);

    /** Another host is there, or is there again after a broken connection: tell it what it cannot read from the database.
     * @param host its {@link Cluster#self()} */
    default void joined(String host) {}

    /** Another host is gone, and its sockets with it.
     * @param host its {@link Cluster#self()} */
    default void left(String host) {}

    /** Messages may have been lost: read anew what this host holds in memory. */
    default void resync() {}
}
