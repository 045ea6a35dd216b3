package dev.weft.http.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.identity.AccessKeys;
import dev.weft.api.identity.Principal;
import dev.weft.api.identity.Role;
import dev.weft.store.TestCluster;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** Who signed in at one host of a registry is signed in at the others. */
class SharedSessionsTest {
    private static final Principal HOLDER = new Principal("key-1", Role.VIEWER);
    private final Time clock = new Time();
    private final Keys keys = new Keys();
    private final TestCluster wires = new TestCluster();
    private final Sessions one = host();
    private final Sessions two = host();

    private Sessions host() {
        Sessions sessions = new Sessions(clock);
        new SharedSessions(sessions, keys, clock, wires.host());
        return sessions;
    }

    @Test
    void a_session_holds_at_the_other_host_and_ends_there_with_its_key() {
        Sessions.Opened opened = one.open(HOLDER, () -> true);
        Sessions.Session there = two.find(opened.cookie()).orElseThrow();
        assertEquals(HOLDER, there.principal());
        assertEquals(opened.session().csrf(), there.csrf());
        keys.current.clear();
        assertEquals(Optional.empty(), two.find(opened.cookie()));
    }

    @Test
    void use_at_either_host_keeps_it_and_idleness_at_both_ends_it() {
        String cookie = one.open(HOLDER, () -> true).cookie();
        for (int i = 0; i < 4; i++) {
            clock.now = clock.now.plus(Duration.ofMinutes(20));
            assertTrue(two.find(cookie).isPresent(), "after use " + i);
        }
        assertTrue(one.find(cookie).isPresent());
        clock.now = clock.now.plus(Sessions.IDLE).plusSeconds(1);
        assertEquals(Optional.empty(), one.find(cookie));
        assertEquals(Optional.empty(), two.find(cookie));
    }

    @Test
    void signing_out_at_one_signs_out_at_the_other_also_everywhere() {
        Sessions.Opened first = one.open(HOLDER, () -> true);
        one.close(first.session());
        assertEquals(Optional.empty(), two.find(first.cookie()));
        String second = one.open(HOLDER, () -> true).cookie();
        String third = two.open(HOLDER, () -> true).cookie();
        assertEquals(2, two.closeAll(HOLDER));
        assertEquals(Optional.empty(), one.find(second));
        assertEquals(Optional.empty(), one.find(third));
    }

    @Test
    void a_host_that_comes_later_hears_of_them_and_the_local_key_stays_local() {
        String cookie = one.open(HOLDER, () -> true).cookie();
        String local = one.open(new Principal("local", Role.ADMIN), () -> true).cookie();
        assertEquals(Optional.empty(), two.find(local));
        Sessions late = host();
        wires.meet();
        assertTrue(late.find(cookie).isPresent());
        assertEquals(Optional.empty(), late.find(local));
    }

    private static final class Time extends Clock {
        private Instant now = Instant.parse("2026-03-01T12:00:00Z");

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    private static final class Keys implements AccessKeys {
        private final Set<String> current = ConcurrentHashMap.newKeySet();

        private Keys() {
            current.add("key-1");
        }

        @Override
        public NewKey create(Role role, String label) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<Principal> verify(String key) {
            return Optional.empty();
        }

        @Override
        public List<KeyInfo> list() {
            return current.stream()
                    .map(id -> new KeyInfo(id, Role.VIEWER, "", Instant.EPOCH))
                    .toList();
        }

        @Override
        public boolean revoke(String id) {
            return current.remove(id);
        }
    }
}
