package dev.weft.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.store.Packets.Message;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PacketsTest {
    private static List<String> cut(long number, Message... messages) {
        StringBuilder batch = new StringBuilder();
        for (Message message : messages) {
            Packets.append(batch, message);
        }
        return Packets.cut("0000abcd", number, batch);
    }

    private static List<Message> read(Packets packets, List<String> cut) {
        List<Message> all = new ArrayList<>();
        cut.forEach(packet -> all.addAll(packets.take(packet).messages()));
        return all;
    }

    @Test
    void small_messages_share_a_packet() {
        List<String> cut = cut(1, new Message("a", "one\n2 x"), new Message("b.c", ""));
        assertEquals(1, cut.size());
        assertEquals(
                List.of(new Message("a", "one\n2 x"), new Message("b.c", "")),
                read(new Packets(), cut));
    }

    @Test
    void a_large_message_of_any_characters_is_cut_below_the_servers_limit_and_joined_again() {
        Random random = new Random(7);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 100_000; i++) {
            int point = random.nextInt(4) == 0 ? 0x1F600 + random.nextInt(60) : 'a' + i % 26;
            text.appendCodePoint(random.nextInt(5) == 0 ? 0xE9 : point);
        }
        List<String> cut = cut(7, new Message("signal", text.toString()), new Message("end", "x"));
        assertTrue(cut.size() > 10);
        for (String packet : cut) {
            assertTrue(packet.getBytes(StandardCharsets.UTF_8).length < 8000);
        }
        assertEquals(
                List.of(new Message("signal", text.toString()), new Message("end", "x")),
                read(new Packets(), cut));
    }

    @Test
    void who_comes_in_the_middle_of_a_batch_hears_the_next_one() {
        List<String> first = cut(1, new Message("a", "x".repeat(20_000)));
        List<String> second = cut(2, new Message("a", "y"));
        Packets packets = new Packets();
        assertEquals(List.of(), read(packets, first.subList(1, first.size())));
        assertEquals(List.of(new Message("a", "y")), read(packets, second));
    }

    @Test
    void equal_messages_make_different_packets() {
        assertEquals(
                2,
                List.of(cut(1, new Message("a", "x")), cut(2, new Message("a", "x"))).stream()
                        .distinct()
                        .count());
    }

    @Test
    void what_is_no_packet_is_refused() {
        for (String bad : List.of("", "x", "a b c d\n", "a 1 0 0\nx", "a 1 0 99999\nx")) {
            assertThrows(IllegalArgumentException.class, () -> new Packets().take(bad), bad);
        }
    }

    @Test
    void what_the_database_cannot_carry_is_replaced() {
        assertEquals("a\uFFFDb", Packets.sendable("a\0b"));
        assertEquals("a?b", Packets.sendable("a\uD800b"));
        String whole = "plain \uD83D\uDE00";
        assertEquals(whole, Packets.sendable(whole));
    }
}
