package dev.weft.store;

import dev.weft.api.cluster.ClusterListener;
import java.util.Set;

/** The database is this process's own: nobody else is there. */
final class SingleHost implements ClusterNode {
    @Override
    public String self() {
        return "self";
    }

    @Override
    public boolean isShared() {
        return false;
    }

    @Override
    public Set<String> others() {
        return Set.of();
    }

    @Override
    public boolean publish(String topic, String text) {
        return true;
    }

    @Override
    public boolean send(String host, String topic, String text) {
        return false;
    }

    @Override
    public Subscription subscribe(String topic, ClusterListener listener) {
        return () -> {};
    }

    @Override
    public String trouble() {
        return "";
    }

    @Override
    public int waiting() {
        return 0;
    }

    @Override
    public void close() {
        // nothing is open
    }
}
