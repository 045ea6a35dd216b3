package dev.weft.store;

import dev.weft.api.cluster.Cluster;

/** A database's way of bringing hosts together. */
interface ClusterNode extends Cluster, AutoCloseable {
    /** Why other hosts are not reached; "" if all is well. */
    String trouble();

    /** How many messages wait to be sent. */
    int waiting();

    @Override
    void close();
}
