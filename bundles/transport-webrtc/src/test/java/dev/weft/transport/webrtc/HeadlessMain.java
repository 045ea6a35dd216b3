package dev.weft.transport.webrtc;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Started in a JVM of its own: two hosts exchange a message over WebRTC; says so, or says why not. */
public final class HeadlessMain {
    private HeadlessMain() {}

    /** Runs.
     * @param args the headless mode
     * @throws Exception if a host cannot be made */
    public static void main(String[] args) throws Exception {
        Path folder = Files.createTempDirectory("headless");
        try (Hub hub = new Hub()) {
            TestHost first = new TestHost(hub, "agent-1", folder, Map.of("headless", args[0]));
            TestHost second = new TestHost(hub, "agent-2", folder, Map.of("headless", args[0]));
            BlockingQueue<String> got = new LinkedBlockingQueue<>();
            second.onFrame = (link, frame) -> got.add(frame);
            try {
                first.connect(second).send("over the wire");
                System.out.println("GOT " + got.poll(30, TimeUnit.SECONDS));
                System.out.println(
                        "STUBS "
                                + Files.readString(Path.of("/proc/self/maps"))
                                        .contains("weft-stub"));
            } catch (java.util.concurrent.ExecutionException e) {
                System.out.println("FAILED " + e.getCause().getMessage());
                System.out.println("HEALTH " + first.transport.check());
            }
        }
        System.out.println("END");
    }
}
