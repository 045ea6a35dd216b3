package dev.weft.signaling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class TokenBucketTest {
    @Test
    void a_second_worth_at_once_then_evenly() {
        TokenBucket bucket = new TokenBucket(500, 0);
        for (int i = 0; i < 500; i++) {
            assertEquals(0, bucket.take(0));
        }
        assertEquals(2_000_000, bucket.take(0));
        assertEquals(0, bucket.take(10_000_000));
        assertTrue(
                new TokenBucket(0, 0).take(0) == 0,
                "a rate of nothing would stop the socket for good");
    }

    @Test
    void an_idle_time_saves_no_more_than_a_second() {
        TokenBucket bucket = new TokenBucket(10, 0);
        long later = 3_600_000_000_000L;
        for (int i = 0; i < 10; i++) {
            assertEquals(0, bucket.take(later));
        }
        assertTrue(bucket.take(later) > 0);
    }
}
