package dev.weft.tasks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.task.TaskRequest.Priority;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RoomTest {
    private final List<String> entered = new ArrayList<>();
    private final Map<String, Room.Place> places = new HashMap<>();

    private String ask(Room room, String name, String source, String skill, Priority priority) {
        return ask(room, name, source, skill, priority, false);
    }

    private String ask(
            Room room, String name, String source, String skill, Priority priority, boolean free) {
        Room.Place place = new Room.Place(source, skill, free, () -> 100, () -> entered.add(name));
        places.put(name, place);
        return room.ask(place, priority);
    }

    private static Room room(int running, int perSource, int waiting) {
        return new Room(new Room.Bounds(running, perSource, Map.of("rare", 1), waiting, 1000));
    }

    @Test
    void the_most_urgent_enter_first_and_sources_take_turns() {
        Room room = room(1, 10, 10);
        assertEquals("", ask(room, "first", "a", "s", Priority.NORMAL));
        for (String name : List.of("a1", "a2", "a3")) {
            assertEquals(Room.QUEUED, ask(room, name, "a", "s", Priority.NORMAL));
        }
        ask(room, "low", "c", "s", Priority.LOW);
        ask(room, "b1", "b", "s", Priority.NORMAL);
        ask(room, "high", "b", "s", Priority.HIGH);
        for (String out : List.of("first", "high", "a1", "b1", "a2", "a3", "low")) {
            assertEquals(out, entered.get(entered.size() - 1));
            room.leave(places.get(out));
        }
        assertEquals(0, room.load());
        assertEquals(0, room.waiting());
    }

    @Test
    void bounds_of_a_skill_and_of_a_source_hold_up_nobody_else() {
        Room room = room(4, 2, 10);
        ask(room, "r1", "a", "rare", Priority.NORMAL);
        assertEquals(Room.QUEUED, ask(room, "r2", "b", "rare", Priority.NORMAL));
        assertEquals("", ask(room, "a2", "a", "s", Priority.NORMAL));
        assertEquals(Room.QUEUED, ask(room, "a3", "a", "s", Priority.NORMAL));
        assertEquals("", ask(room, "b1", "b", "s", Priority.NORMAL));
        assertEquals("", ask(room, "own", "", "s", Priority.NORMAL));
        assertEquals(Room.QUEUED, ask(room, "own2", "", "s", Priority.NORMAL));
        room.leave(places.get("r1"));
        assertTrue(entered.contains("r2") != entered.contains("a3"), "one left, one enters");
    }

    @Test
    void the_line_is_bounded_by_number_by_bytes_and_by_source() {
        Room room = room(1, 1, 4);
        ask(room, "in", "a", "s", Priority.NORMAL);
        for (int i = 0; i < 3; i++) {
            assertEquals(Room.QUEUED, ask(room, "a" + i, "a", "s", Priority.NORMAL));
        }
        assertTrue(ask(room, "a3", "a", "s", Priority.NORMAL).contains("this caller"));
        assertEquals(Room.QUEUED, ask(room, "b", "b", "s", Priority.NORMAL));
        assertTrue(ask(room, "c", "c", "s", Priority.NORMAL).contains("4 wait"));
        room.giveUp(places.get("b"));
        assertEquals(Room.QUEUED, ask(room, "c", "c", "s", Priority.NORMAL));
        Room heavy = new Room(new Room.Bounds(1, 1, Map.of(), 100, 150));
        ask(heavy, "in", "a", "s", Priority.NORMAL);
        assertEquals(Room.QUEUED, ask(heavy, "d", "d", "s", Priority.NORMAL));
        assertTrue(ask(heavy, "e", "e", "s", Priority.NORMAL).contains("1 wait"));
    }

    /** Reference defect 7. */
    @Test
    void what_another_task_waits_for_does_not_wait() {
        Room room = room(1, 1, 0);
        ask(room, "outer", "a", "s", Priority.NORMAL);
        assertEquals("", ask(room, "inner", "a", "rare", Priority.NORMAL, true));
        assertEquals(List.of("outer", "inner"), entered);
        room.leave(places.get("inner"));
        room.leave(places.get("outer"));
        assertEquals(0, room.running());
    }
}
