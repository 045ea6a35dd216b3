package dev.weft.host.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.onvoid.webrtc.PeerConnectionFactory;
import dev.onvoid.webrtc.media.audio.HeadlessAudioDeviceModule;
import dev.weft.api.identity.HostKey;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.Wire;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;

/** One of the two processes of {@link MeshBenchmark}: it answers, or it asks and measures. What a registry would carry goes through its pipes. */
public final class MeshPeer {
    static final AgentId ASKS = new AgentId(MeshBenchmark.ASKS);
    static final AgentId ANSWERS = new AgentId(MeshBenchmark.ANSWERS);

    /** Bytes of a large result. */
    static final int BULK = (16 << 20) - 4096;

    private static final int PIECE = 64 << 10;
    private final PrintStream out = System.out;
    private volatile RawChannel raw;

    private MeshPeer() {}

    /** Runs until its input ends.
     * @param args its agent id, the file of its key, and how much of the full size is wanted
     * @throws Exception if it cannot start */
    public static void main(String[] args) throws Exception {
        new MeshPeer().run(args[0], Path.of(args[1]), Double.parseDouble(args[2]));
        System.exit(0);
    }

    private synchronized void say(String line) {
        out.println(line);
        out.flush();
    }

    private void run(String id, Path keyFile, double scale) throws Exception {
        HostKey key = HostKey.loadOrCreate(keyFile);
        MeshHost host = new MeshHost(id, key, message -> say("S " + Wire.write(message)));
        BufferedReader in =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        if (id.equals(ANSWERS.value())) {
            answer(host);
        }
        say("K " + id + " " + key.publicKey());
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ", 3);
            switch (words[0]) {
                case "S" -> host.received(Wire.signal(line.substring(2)));
                case "K" -> {
                    host.knows(words[1], words[2]);
                    if (id.equals(ASKS.value())) {
                        Thread measures = new Thread(() -> measure(host, scale), "measures");
                        measures.setDaemon(true);
                        measures.start();
                    }
                }
                default -> say("E what is " + Wire.quote(line) + "?");
            }
        }
        host.close();
    }

    private void measure(MeshHost host, double scale) {
        try {
            new MeshMeasures(host.mesh(), scale, this::say).run();
            say("D");
        } catch (Exception e) {
            say("E " + e);
        }
    }

    static PeerConnectionFactory factory() {
        return new PeerConnectionFactory(new HeadlessAudioDeviceModule());
    }

    private void answer(MeshHost host) {
        byte[] noise = new byte[BULK];
        Random random = new Random(1);
        for (int i = 0; i < BULK; i++) {
            noise[i] = (byte) ('0' + random.nextInt(64)); // text that no compression helps
        }
        JsonNode large =
                Wire.object()
                        .put(
                                "result",
                                new String(noise, StandardCharsets.US_ASCII)
                                        .replace('\\', '-')
                                        .replace('"', '-'));
        host.handle(
                (peer, message, reply) -> reply.send("bench_response", message.payload()),
                "bench_echo");
        host.handle((peer, message, reply) -> reply.send("bench_response", large), "bench_bulk");
        host.handle(
                (peer, message, reply) ->
                        reply.send(
                                "bench_response",
                                Wire.object().put("cpu_ms", MeshMeasures.cpuMillis())),
                "bench_cpu");
        host.handle(
                (peer, message, reply) ->
                        new Thread(() -> reply.send("bench_response", answerRaw(message.payload())))
                                .start(),
                "bench_raw");
        host.handle(
                (peer, message, reply) ->
                        reply.send("bench_response", Wire.object().put("port", echoPort())),
                "bench_tcp");
    }

    private static int echoPort() {
        try {
            return new TcpEcho().port();
        } catch (java.io.IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private JsonNode answerRaw(JsonNode offer) {
        try {
            raw =
                    new RawChannel(
                            factory(),
                            message -> {
                                if (message.length == 1) {
                                    raw.sendBulk(BULK, PIECE);
                                } else {
                                    raw.send(message);
                                }
                            });
            return Wire.object().put("sdp", raw.answer(offer.path("sdp").asText()));
        } catch (Exception e) {
            return Wire.object().put("error", e.toString());
        }
    }
}
