package dev.weft.store;

import dev.weft.api.cluster.Cluster;
import dev.weft.api.cluster.ClusterListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/** Hosts that hear each other at once, in the thread of the one who speaks; a wire can be cut. */
public final class TestCluster {
    private final List<Node> nodes = new CopyOnWriteArrayList<>();

    /** A host that is alone, with a database of its own.
     * @return the host */
    public static Node alone() {
        return new TestCluster().node(false);
    }

    /** Another host.
     * @return the host */
    public Node host() {
        return node(true);
    }

    private Node node(boolean shared) {
        Node node = new Node("n" + nodes.size(), shared);
        nodes.add(node);
        return node;
    }

    /** Lets every host hear that every other is there. */
    public void meet() {
        nodes.forEach(
                node -> node.all().forEach(listener -> node.others().forEach(listener::joined)));
    }

    /** A host. */
    public final class Node implements Cluster {
        private final String name;
        private final boolean shared;
        private final Map<String, List<ClusterListener>> listeners = new ConcurrentHashMap<>();
        private volatile boolean cut;

        private Node(String name, boolean shared) {
            this.name = name;
            this.shared = shared;
        }

        /** Cuts the wire, or mends it; what is said meanwhile is lost.
         * @param now true to cut */
        public void cut(boolean now) {
            cut = now;
            if (!now) {
                all().forEach(ClusterListener::resync);
            }
        }

        /** Ends the host, as a kill does: the others hear that it is gone. */
        public void kill() {
            nodes.remove(this);
            listeners.clear();
            nodes.forEach(node -> node.all().forEach(listener -> listener.left(name)));
        }

        private List<ClusterListener> all() {
            List<ClusterListener> all = new ArrayList<>();
            listeners.values().forEach(all::addAll);
            return all;
        }

        @Override
        public String self() {
            return name;
        }

        @Override
        public boolean isShared() {
            return shared;
        }

        @Override
        public Set<String> others() {
            return nodes.stream()
                    .filter(node -> node != this)
                    .map(Node::self)
                    .collect(Collectors.toSet());
        }

        @Override
        public boolean publish(String topic, String text) {
            nodes.stream().filter(node -> node != this).forEach(node -> tell(node, topic, text));
            return !cut;
        }

        @Override
        public boolean send(String host, String topic, String text) {
            nodes.stream()
                    .filter(node -> node.name.equals(host))
                    .forEach(node -> tell(node, topic, text));
            return !cut;
        }

        private void tell(Node node, String topic, String text) {
            if (!cut && !node.cut) {
                node.listeners
                        .getOrDefault(topic, List.of())
                        .forEach(listener -> listener.received(name, text));
            }
        }

        @Override
        public Subscription subscribe(String topic, ClusterListener listener) {
            List<ClusterListener> group =
                    listeners.computeIfAbsent(topic, one -> new CopyOnWriteArrayList<>());
            group.add(listener);
            return () -> group.remove(listener);
        }
    }
}
