package dev.weft.mesh;

import dev.weft.api.mesh.Link;
import dev.weft.protocol.Acks;
import dev.weft.protocol.Frame;
import dev.weft.protocol.JsonText;
import dev.weft.protocol.Lane;
import dev.weft.protocol.Receipt;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What goes to one peer: three bounded lanes, each in order, each message numbered when it is first sent and kept until the peer has
 * acknowledged it. Messages of one request or task never overtake each other: a small one follows a large one into its lane. Thread-safe.
 */
final class Outbox {
    /** Most messages of a lane, sent and not acknowledged ones included. */
    static final int MOST = 16_384;

    /** Frames after which one piece of a large message goes before smaller messages that wait. */
    private static final int BULK_TURN = 4;

    private final Map<Lane, Queue> lanes = new EnumMap<>(Lane.class);
    private int sinceBulk;
    private String stream = Greeting.firstStream();

    /** What to put into the next frame.
     * @param lane of the messages
     * @param first number of the first message
     * @param after what must be handled before them
     * @param messages in order; one if it is a piece
     * @param offset of the piece
     * @param length of the piece; 0 if the messages are whole */
    record Load(
            Lane lane, long first, Acks after, List<Outgoing> messages, int offset, int length) {
        /** The messages as they are written. */
        List<JsonText> json() {
            List<JsonText> json = new ArrayList<>(messages.size());
            for (int i = 0; i < messages.size(); i++) { // for each frame: a stream takes longer
                json.add(messages.get(i).json);
            }
            return json;
        }
    }

    /** One lane. */
    private static final class Queue {
        final Deque<Outgoing> waiting = new ArrayDeque<>();
        final Deque<Outgoing> sent = new ArrayDeque<>();
        final long room;
        long bytes;
        long next;

        Queue(long room) {
            this.room = room;
        }

        boolean takes(Outgoing message) {
            // an answer was asked for: it may use a reserve that requests must not
            int share = message.answer ? 2 : 1;
            return waiting.size() + sent.size() < MOST * share
                    && (bytes == 0 || bytes + message.json.length() <= room * share);
        }

        boolean holds(Outgoing relative) {
            return waiting.stream().anyMatch(relative::belongsWith)
                    || sent.stream().anyMatch(relative::belongsWith);
        }

        /** The lowest number that can still be sent again. */
        long firstKept() {
            return Stream.of(sent.peek(), waiting.peek())
                    .filter(message -> message != null && message.number >= 0)
                    .mapToLong(message -> message.number)
                    .min()
                    .orElse(next);
        }

        void release(Outgoing message) {
            bytes -= message.json.length();
        }
    }

    Outbox() {
        lanes.put(Lane.CONTROL, new Queue(256 << 10));
        lanes.put(Lane.INTERACTIVE, new Queue(8 << 20));
        lanes.put(Lane.BULK, new Queue(32 << 20));
    }

    /** Adds a message.
     * @return false if there is no room */
    synchronized boolean offer(Outgoing message) {
        message.lane = message.usual;
        for (Lane lane = Lane.BULK; lane.compareTo(message.usual) > 0; lane = before(lane)) {
            // the check costs a walk: only steering messages and those behind large ones pay it
            if (lanes.get(lane).bytes > 0 && lanes.get(lane).holds(message)) {
                message.lane = lane;
                break;
            }
        }
        Queue queue = lanes.get(message.lane);
        if (!queue.takes(message)) {
            return false;
        }
        queue.bytes += message.json.length();
        queue.waiting.add(message);
        return true;
    }

    private static Lane before(Lane lane) {
        return Lane.values()[lane.ordinal() - 1];
    }

    /** Takes what the next frame carries.
     * @param link that will carry it
     * @param most bytes of messages in it
     * @param several whether it may carry more than one message
     * @param pieces whether a message may be cut; if not, one that is too long waits, and what is behind it
     * @param deflate whether what is cut may be compressed first
     * @param now nanoseconds
     * @return null if nothing can be sent */
    synchronized Load take(
            Link link, int most, boolean several, boolean pieces, boolean deflate, long now) {
        boolean bulkFirst = sinceBulk >= BULK_TURN && mayOvertake();
        Load load = bulkFirst ? take(Lane.BULK, link, most, several, pieces, deflate, now) : null;
        for (int i = 0; load == null && i < Lane.values().length; i++) {
            load = take(Lane.values()[i], link, most, several, pieces, deflate, now);
        }
        if (load != null) {
            sinceBulk = load.lane() == Lane.BULK ? 0 : sinceBulk + 1;
        }
        return load;
    }

    /** Whether the first large message has no relative that waits before it. */
    private boolean mayOvertake() {
        Outgoing large = head(lanes.get(Lane.BULK));
        return large != null
                && (large.number >= 0
                        || lanes.get(Lane.INTERACTIVE).waiting.stream()
                                .noneMatch(large::belongsWith));
    }

    private Load take(
            Lane lane,
            Link link,
            int most,
            boolean several,
            boolean pieces,
            boolean deflate,
            long now) {
        Queue queue = lanes.get(lane);
        Outgoing head = head(queue);
        if (head == null) {
            return null;
        }
        if (head.json.length() + 2 > most) {
            return pieces ? piece(queue, head, link, most, deflate, now) : null;
        }
        List<Outgoing> messages = new ArrayList<>();
        int bytes = 2;
        for (Outgoing next = head;
                next != null
                        && bytes + next.json.length() <= most
                        && messages.size() < (several ? Frame.MAX_COUNT : 1)
                        && follows(messages, next, queue);
                next = head(queue)) {
            queue.waiting.poll();
            number(queue, next);
            bytes += next.json.length() + 1;
            sent(queue, next, link, now);
            messages.add(next);
        }
        Acks after = messages.get(messages.size() - 1).after;
        return new Load(lane, messages.get(0).number, after, messages, 0, 0);
    }

    /** The first message that somebody still wants to be sent. */
    private static Outgoing head(Queue queue) {
        Outgoing head = queue.waiting.peek();
        while (head != null && head.given()) {
            queue.release(queue.waiting.poll());
            head = queue.waiting.peek();
        }
        return head;
    }

    private static boolean follows(List<Outgoing> messages, Outgoing next, Queue queue) {
        if (messages.isEmpty()) {
            return true;
        }
        long number = next.number < 0 ? queue.next : next.number;
        return number == messages.get(messages.size() - 1).number + 1;
    }

    private Load piece(Queue queue, Outgoing head, Link link, int most, boolean deflate, long now) {
        head.cut(deflate);
        number(queue, head);
        if (head.link != link) {
            head.offset = 0;
            head.link = link;
        }
        int offset = head.offset;
        int length = Math.min(most, head.whole.length() - offset);
        head.offset += length;
        if (head.offset == head.whole.length()) {
            head.offset = 0;
            queue.waiting.poll();
            sent(queue, head, link, now);
        }
        return new Load(head.lane, head.number, head.after, List.of(head), offset, length);
    }

    /** On one link urgent messages that left before also arrive before; when links change, the number says so. */
    private void number(Queue queue, Outgoing message) {
        if (message.number < 0) {
            message.number = queue.next++;
            message.after =
                    new Acks(
                            message.lane == Lane.CONTROL ? 0 : lanes.get(Lane.CONTROL).next,
                            message.lane == Lane.BULK ? lanes.get(Lane.INTERACTIVE).next : 0,
                            0);
        }
    }

    private static void sent(Queue queue, Outgoing message, Link link, long now) {
        message.link = link;
        message.sentAt = now;
        boolean inOrder = queue.sent.isEmpty() || queue.sent.peekLast().number < message.number;
        queue.sent.add(message);
        if (!inOrder) {
            sort(queue.sent);
        }
    }

    private static void sort(Deque<Outgoing> messages) {
        List<Outgoing> sorted = new ArrayList<>(messages);
        sorted.sort(Comparator.comparingLong((Outgoing message) -> message.number));
        messages.clear();
        messages.addAll(sorted);
    }

    /** Names the numbers that messages get now. */
    synchronized String stream() {
        return stream;
    }

    /** The peer has handled these; what it says of a stream that has ended is of no concern. */
    synchronized void acked(Receipt receipt) {
        if (!receipt.isAbout(Greeting.mark(stream))) {
            return;
        }
        Acks acks = receipt.acks();
        lanes.forEach(
                (lane, queue) -> {
                    long upTo = Math.min(acks.of(lane), queue.next);
                    drop(queue.sent, queue, upTo);
                    drop(queue.waiting, queue, upTo); // those that were to be sent once more
                });
    }

    /** Whether the peer still wants what is not kept any more: nobody can send it again. */
    synchronized boolean isPast(Acks next) {
        return lanes.entrySet().stream()
                .anyMatch(entry -> next.of(entry.getKey()) < entry.getValue().firstKept());
    }

    private static void drop(Deque<Outgoing> messages, Queue queue, long upTo) {
        while (!messages.isEmpty()
                && messages.peek().number >= 0
                && messages.peek().number < upTo) {
            queue.release(messages.poll());
        }
    }

    /** Sends again, in order and before all others, what left and was not acknowledged.
     * @param which of the messages that left */
    synchronized void again(Predicate<Outgoing> which) {
        for (Queue queue : lanes.values()) {
            List<Outgoing> lost = queue.sent.stream().filter(which).toList();
            if (!lost.isEmpty()) {
                queue.sent.removeIf(which);
                List<Outgoing> begun = new ArrayList<>(lost);
                while (!queue.waiting.isEmpty() && queue.waiting.peek().number >= 0) {
                    begun.add(queue.waiting.poll());
                }
                begun.sort(Comparator.comparingLong((Outgoing message) -> message.number));
                for (int i = begun.size() - 1; i >= 0; i--) {
                    begun.get(i).offset = 0;
                    queue.waiting.addFirst(begun.get(i));
                }
            }
        }
    }

    /** What was taken did not leave. */
    synchronized void undo(Load load) {
        again(load.messages()::contains);
        if (load.length() > 0 && load.messages().get(0).offset > 0) {
            load.messages().get(0).offset = load.offset();
        }
    }

    /** Forgets messages that left: the peer cannot acknowledge, or has handled what it will. */
    synchronized void forget(Predicate<Outgoing> which) {
        for (Queue queue : lanes.values()) {
            queue.sent.stream().filter(which).forEach(queue::release);
            queue.sent.removeIf(which);
        }
    }

    /** Starts anew, with another stream, with a peer that knows nothing of what went before.
     * @return what left and was not acknowledged: it may have been handled or not */
    synchronized List<Outgoing> restart() {
        stream = Greeting.streamAfter(stream);
        List<Outgoing> begun = new ArrayList<>();
        for (Queue queue : lanes.values()) {
            begun.addAll(queue.sent);
            queue.sent.clear();
            while (!queue.waiting.isEmpty() && queue.waiting.peek().number >= 0) {
                begun.add(queue.waiting.poll());
            }
            queue.next = 0;
        }
        begun.forEach(message -> lanes.get(message.lane).release(message));
        return begun;
    }

    /** Removes messages that wait.
     * @param which of them
     * @return those */
    synchronized List<Outgoing> withdraw(Predicate<Outgoing> which) {
        List<Outgoing> withdrawn = new ArrayList<>();
        for (Queue queue : lanes.values()) {
            List<Outgoing> those =
                    queue.waiting.stream().filter(m -> m.number < 0 && which.test(m)).toList();
            queue.waiting.removeAll(those);
            those.forEach(queue::release);
            withdrawn.addAll(those);
        }
        return withdrawn;
    }

    /** Whether a message ever left. */
    synchronized boolean begun() {
        return lanes.values().stream().anyMatch(queue -> queue.next > 0);
    }

    /** Whether nothing waits, and nothing is kept. */
    synchronized boolean isEmpty() {
        return lanes.values().stream().allMatch(queue -> queue.bytes == 0);
    }

    /** Messages that wait to be sent. */
    synchronized int waiting() {
        int waiting = 0;
        for (Queue queue : lanes.values()) {
            waiting += queue.waiting.size();
        }
        return waiting;
    }

    /** Messages that left and are kept. */
    synchronized int kept() {
        return lanes.values().stream().mapToInt(queue -> queue.sent.size()).sum();
    }
}
