package dev.weft.host.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.weft.protocol.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/** A flight recording of this process, and what cost most in it. */
final class Profile implements AutoCloseable {
    private static final int TOP = 5;
    private final Recording recording = new Recording();

    Profile() {
        recording.enable("jdk.ExecutionSample").withPeriod(Duration.ofMillis(10));
        recording.enable("jdk.ObjectAllocationSample").with("throttle", "2000/s");
        recording.start();
    }

    /** Ends the recording.
     * @return {@code [{kind, what, percent}]}: of the samples of processor time the methods of Weft and its libraries nearest to them, of
     *     allocated bytes the types and those methods */
    ArrayNode top() throws IOException {
        Path file = Files.createTempFile("weft-bench-", ".jfr");
        try {
            recording.stop();
            recording.dump(file);
            Map<String, Long> time = new HashMap<>();
            Map<String, Long> bytes = new HashMap<>();
            Set<Long> seen = new HashSet<>();
            try (RecordingFile events = new RecordingFile(file)) {
                while (events.hasMoreEvents()) {
                    RecordedEvent event = events.readEvent();
                    String where = place(event);
                    if (event.getEventType().getName().equals("jdk.ExecutionSample")) {
                        time.merge(where, 1L, Long::sum);
                    } else if (!seen.add(event.getThread("eventThread").getJavaThreadId())) {
                        // the first one of a thread stands for all that it ever allocated
                        String type = event.getClass("objectClass").getName();
                        bytes.merge(type + " in " + where, event.getLong("weight"), Long::sum);
                    }
                }
            }
            ArrayNode all = Wire.object().putArray("top");
            add(all, "CPU", time);
            add(all, "allocated", bytes);
            return all;
        } finally {
            Files.delete(file);
        }
    }

    private static void add(ArrayNode all, String kind, Map<String, Long> costs) {
        long sum = Math.max(1, costs.values().stream().mapToLong(Long::longValue).sum());
        costs.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .limit(TOP)
                .forEach(
                        cost ->
                                all.addObject()
                                        .put("kind", kind)
                                        .put("what", cost.getKey())
                                        .put("percent", 100.0 * cost.getValue() / sum));
    }

    /** The innermost method that is not the platform's. */
    private static String place(RecordedEvent event) {
        if (event.getStackTrace() == null) {
            return "?";
        }
        for (RecordedFrame frame : event.getStackTrace().getFrames()) {
            String type = frame.getMethod().getType().getName();
            if (!type.startsWith("java.") && !type.startsWith("jdk.") && !type.startsWith("sun.")) {
                return type + "." + frame.getMethod().getName();
            }
        }
        return "the platform's threads";
    }

    @Override
    public void close() {
        recording.close();
    }
}
