package dev.weft.api.event;

import java.util.function.Consumer;
import java.util.function.Predicate;
import org.osgi.annotation.versioning.ProviderType;

/** A bounded journal of events. Thread-safe; publishing never blocks. */
@ProviderType
public interface Events {
    /** Type of the event that stands for those that a subscriber missed. */
    String GAP = "events.gap";

    /** Appends an event and hands it to the subscribers.
     * @param type see {@link Event#type()}
     * @param data anything Jackson can write; never a secret */
    void publish(String type, Object data);

    /** Follows the journal. Events arrive one at a time and in order, on a thread of the journal. A subscriber that falls
     * behind by more than the journal holds gets one {@code events.gap} event and goes on from the oldest kept.
     * @param after id of the last event known; 0 for all that are kept; -1 for new ones only
     * @param subscriber must not block for long
     * @return closes the subscription */
    Subscription subscribe(long after, Consumer<Event> subscriber);

    /** Follows events of some types, and {@link #GAP}. What is not wanted wakes no thread for this subscriber.
     * @param after as above
     * @param types whether a type is wanted: the same answer each time, and quick
     * @param subscriber as above
     * @return closes the subscription */
    default Subscription subscribe(
            long after, Predicate<String> types, Consumer<Event> subscriber) {
        return subscribe(
                after,
                event -> {
                    if (event.type().equals(GAP) || types.test(event.type())) {
                        subscriber.accept(event);
                    }
                });
    }

    /** A subscription; closing it twice is harmless. */
    interface Subscription extends AutoCloseable {
        @Override
        void close();
    }
}
