package dev.weft.api.cluster;

import java.util.Set;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The hosts that share one registry, and the messages between them. Messages are quick and may be lost when a connection breaks:
 * whoever listens must be able to make up for it from the database and from what the others tell anew, see {@link
 * ClusterListener}. A host with a database of its own is alone here. Thread-safe; nothing blocks.
 */
@ProviderType
public interface Cluster {
    /** This run of this host.
     * @return a short word, different from every other's */
    String self();

    /** Whether other hosts may be there now or later.
     * @return false if the database is this process's own */
    boolean isShared();

    /** The other hosts that live, as far as this one knows.
     * @return their {@link #self()} */
    Set<String> others();

    /** Tells every other host. Messages of one host arrive in the order in which they were sent.
     * @param topic {@code [a-z.]{1,32}}
     * @param text any text without NUL, up to a million characters
     * @return false if it will not be sent: the bounded queue is full, or the connection is broken. True if nobody is there */
    boolean publish(String topic, String text);

    /** Tells one other host.
     * @param host its {@link #self()}
     * @param topic as in {@link #publish}
     * @param text as in {@link #publish}
     * @return false if it will not be sent, or there is no such host */
    boolean send(String host, String topic, String text);

    /** Listens to a topic. If other hosts are known already, the listener hears of them first, and
     * theirs of the same topic hear {@link ClusterListener#joined}, so that they tell it what it missed.
     * @param topic as in {@link #publish}
     * @param listener hears what arrives
     * @return ends it; what is being told at that moment is told to its end */
    Subscription subscribe(String topic, ClusterListener listener);

    /** A listener at work. */
    interface Subscription extends AutoCloseable {
        /** Ends it. */
        @Override
        void close();
    }
}
