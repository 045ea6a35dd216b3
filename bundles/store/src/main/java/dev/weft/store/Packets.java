package dev.weft.store;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Messages as PostgreSQL carries them: many in one notification, or one in many, since a notification holds less than 8000 bytes. A
 * batch is {@code TOPIC LENGTH\nTEXT} one after the other; a packet is {@code HOST NUMBER PART PARTS\n} and a piece of a batch. The
 * number tells equal packets apart, which the server would deliver once.
 */
final class Packets {
    private static final int MAX_BYTES = 7_900;
    private static final int MAX_PARTS = 4_096;

    /** A batch of another host that is not whole yet. */
    private record Partial(long number, StringBuilder text, int parts) {}

    private final Map<String, Partial> partials = new HashMap<>();

    /** One message.
     * @param topic what it is about
     * @param text what it says */
    record Message(String topic, String text) {}

    /** What a packet completed.
     * @param from who sent it
     * @param messages none if the batch goes on */
    record Arrival(String from, List<Message> messages) {}

    static void append(StringBuilder batch, Message message) {
        batch.append(message.topic())
                .append(' ')
                .append(message.text().length())
                .append('\n')
                .append(message.text());
    }

    static List<String> cut(String host, long number, CharSequence batch) {
        List<String> pieces = pieces(batch, MAX_BYTES - host.length() - 40);
        List<String> packets = new ArrayList<>(pieces.size());
        for (int part = 0; part < pieces.size(); part++) {
            packets.add(
                    host
                            + ' '
                            + number
                            + ' '
                            + part
                            + ' '
                            + pieces.size()
                            + '\n'
                            + pieces.get(part));
        }
        return packets;
    }

    /** Cuts between characters, never within one. */
    private static List<String> pieces(CharSequence text, int most) {
        List<String> pieces = new ArrayList<>();
        int start = 0;
        int bytes = 0;
        for (int i = 0; i < text.length(); ) {
            int point = Character.codePointAt(text, i);
            int size = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
            if (bytes + size > most) {
                pieces.add(text.subSequence(start, i).toString());
                start = i;
                bytes = 0;
            }
            bytes += size;
            i += Character.charCount(point);
        }
        pieces.add(text.subSequence(start, text.length()).toString());
        return pieces;
    }

    /** Takes the next packet. The packets of a batch come in order and together, as one transaction sent them.
     * @throws IllegalArgumentException if it is no packet */
    Arrival take(String packet) {
        int end = packet.indexOf('\n');
        String[] head = end < 0 ? new String[0] : packet.substring(0, end).split(" ");
        if (head.length != 4) {
            throw new IllegalArgumentException("it has no head");
        }
        long number = Long.parseLong(head[1]);
        int part = Integer.parseInt(head[2]);
        int parts = Integer.parseInt(head[3]);
        if (parts < 1 || parts > MAX_PARTS) {
            throw new IllegalArgumentException("it has " + parts + " parts");
        }
        Partial partial = partials.remove(head[0]);
        if (part == 0) {
            partial = new Partial(number, new StringBuilder(), parts);
        } else if (partial == null || partial.number() != number) {
            return new Arrival(head[0], List.of()); // its beginning was before our time
        }
        partial.text().append(packet, end + 1, packet.length());
        if (part + 1 < parts) {
            partials.put(head[0], partial);
            return new Arrival(head[0], List.of());
        }
        return new Arrival(head[0], messages(partial.text().toString()));
    }

    private static List<Message> messages(String batch) {
        List<Message> messages = new ArrayList<>();
        int at = 0;
        while (at < batch.length()) {
            int space = batch.indexOf(' ', at);
            int line = batch.indexOf('\n', at);
            int length = Integer.parseInt(batch.substring(space + 1, line));
            String text = batch.substring(line + 1, line + 1 + length);
            messages.add(new Message(batch.substring(at, space), text));
            at = line + 1 + length;
        }
        return messages;
    }

    /** Forgets what a host began to send. */
    void forget(String host) {
        partials.remove(host);
    }

    /** Takes out what PostgreSQL cannot carry: NUL, and half a surrogate pair. */
    static String sendable(String text) {
        if (text.indexOf('\0') < 0 && StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            return text;
        }
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8)
                .replace('\0', '\uFFFD');
    }
}
