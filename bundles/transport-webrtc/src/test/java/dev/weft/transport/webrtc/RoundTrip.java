package dev.weft.transport.webrtc;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Measures, by hand: round trips of 100-byte frames, and one-way rate, between two hosts in one JVM. */
public final class RoundTrip {
    private RoundTrip() {}

    /** Runs.
     * @param args unused
     * @throws Exception if there is no link */
    public static void main(String[] args) throws Exception {
        Path folder = Files.createTempDirectory("roundtrip");
        try (Hub hub = new Hub()) {
            TestHost a = new TestHost(hub, "agent-a", folder, Map.of());
            TestHost b = new TestHost(hub, "agent-b", folder, Map.of());
            long begin = System.nanoTime();
            var link = a.connect(b);
            System.out.printf(
                    "first link, library included: %.0f ms%n", (System.nanoTime() - begin) / 1e6);
            var answers = new SynchronousQueue<String>();
            a.onFrame = (from, frame) -> answers.offer(frame);
            b.onFrame = (from, frame) -> from.send(frame);
            String frame = "x".repeat(100);
            for (int round = 0; round < 5; round++) {
                long[] times = new long[10_000];
                for (int i = 0; i < times.length; i++) {
                    long start = System.nanoTime();
                    link.send(frame);
                    answers.poll(1, TimeUnit.SECONDS);
                    times[i] = System.nanoTime() - start;
                }
                Arrays.sort(times);
                System.out.printf(
                        "rtt p50 %d us, p99 %d us%n",
                        times[times.length / 2] / 1000, times[times.length * 99 / 100] / 1000);
            }
            for (int size : new int[] {100, 16 << 10, 200 << 10}) {
                AtomicLong got = new AtomicLong();
                b.onFrame = (from, text) -> got.incrementAndGet();
                String body = "x".repeat(size);
                int count = size == 100 ? 30_000 : (int) (200_000_000L / size / 2);
                long start = System.nanoTime();
                for (int i = 0; i < count; ) {
                    try {
                        link.send(body);
                        i++;
                    } catch (dev.weft.api.mesh.LinkException full) {
                        Thread.onSpinWait();
                    }
                }
                while (got.get() < count) {
                    Thread.onSpinWait();
                }
                double seconds = (System.nanoTime() - start) / 1e9;
                System.out.printf(
                        "%d bytes: %.0f frames/s, %.1f MB/s%n",
                        size, count / seconds, count * (double) size / seconds / 1e6);
            }
        }
    }
}
