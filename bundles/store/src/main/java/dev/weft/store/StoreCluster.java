package dev.weft.store;

import dev.weft.api.cluster.Cluster;
import dev.weft.api.cluster.ClusterListener;
import dev.weft.api.health.HealthCheck;
import dev.weft.api.health.Measures;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** Hosts that share a database are one registry. */
@Component(service = {Cluster.class, HealthCheck.class, Measures.class})
public final class StoreCluster implements Cluster, HealthCheck, Measures {
    private final ClusterNode node;

    /** Joins the hosts on the same database.
     * @param store the database
     * @param blocking runs the listening, the sending and the listeners */
    @Activate
    public StoreCluster(
            @Reference SqlStore store,
            @Reference(target = "(weft.executor=blocking)") ExecutorService blocking) {
        this.node = store.join(blocking);
    }

    /** Leaves. */
    @Deactivate
    public void close() {
        node.close();
    }

    @Override
    public String self() {
        return node.self();
    }

    @Override
    public boolean isShared() {
        return node.isShared();
    }

    @Override
    public Set<String> others() {
        return node.others();
    }

    @Override
    public boolean publish(String topic, String text) {
        return node.publish(topic, text);
    }

    @Override
    public boolean send(String host, String topic, String text) {
        return node.send(host, topic, text);
    }

    @Override
    public Subscription subscribe(String topic, ClusterListener listener) {
        return node.subscribe(topic, listener);
    }

    @Override
    public String name() {
        return "cluster";
    }

    @Override
    public Status check() {
        String trouble = node.trouble();
        return trouble.isEmpty()
                ? Status.OK
                : Status.warning(
                        trouble
                                + "; this host serves what it knows and joins them again by itself");
    }

    @Override
    public List<Measure> measure() {
        return List.of(
                Measure.gauge(
                        "weft_cluster_hosts",
                        "Hosts that are this registry, this one too.",
                        node.others().size() + 1.0),
                Measure.gauge(
                        "weft_cluster_messages_waiting",
                        "Messages to other hosts that wait to be sent.",
                        node.waiting()));
    }
}
