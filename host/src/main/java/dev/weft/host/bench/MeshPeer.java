package dev.weft.host.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.onvoid.webrtc.PeerConnectionFactory;
import dev.onvoid.webrtc.media.audio.HeadlessAudioDeviceModule;
import dev.weft.api.identity.HostKey;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.SignalMessage;
import dev.weft.protocol.Wire;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/** One process of {@link MeshBenchmark}: it answers, or it asks and measures, or it has many hosts. What a registry would carry goes through its pipes. */
public final class MeshPeer {
    static final AgentId ASKS = new AgentId(MeshBenchmark.ASKS);
    static final AgentId ANSWERS = new AgentId(MeshBenchmark.ANSWERS);

    /** Bytes of a large result. */
    static final int BULK = (16 << 20) - 4096;

    private static final int PIECE = 64 << 10;
    private final PrintStream out = System.out;
    private final Map<String, MeshHost> hosts = new ConcurrentHashMap<>();
    private final ProcessState state = new ProcessState();
    private PeerConnectionFactory factory;
    private Profile profile;
    private volatile RawChannel raw;

    private MeshPeer() {}

    /** Runs until its input ends.
     * @param args what it does (the agent id of its host), a folder, how much of the full size is wanted, and whether costs are named
     * @throws Exception if it cannot start */
    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[1]);
        double scale = Double.parseDouble(args[2]);
        MeshPeer peer = new MeshPeer();
        if (args[0].equals(MeshBenchmark.ALL)) {
            peer.crowd(folder, Math.max(3, (int) Math.round(20 * Math.sqrt(scale))));
        } else {
            peer.run(args[0], folder, scale, Boolean.parseBoolean(args[3]));
        }
        System.exit(0);
    }

    /** A host of the answering process that has not been asked yet. */
    static AgentId cold(int number) {
        return new AgentId(MeshBenchmark.ANSWERS + number);
    }

    private synchronized void say(String line) {
        out.println(line);
        out.flush();
    }

    private void crowd(Path folder, int count) {
        try (MeshCrowd crowd = new MeshCrowd(count, folder)) {
            crowd.run(this::say);
            say("D");
        } catch (Exception e) {
            say("E " + e);
        }
    }

    private void run(String id, Path folder, double scale, boolean costs) throws Exception {
        List<AgentId> ids = new ArrayList<>(List.of(new AgentId(id)));
        if (id.equals(ANSWERS.value())) {
            IntStream.range(0, MeshCold.peers(scale)).forEach(i -> ids.add(cold(i)));
        }
        JsonNode large = large();
        for (AgentId one : ids) {
            HostKey key = HostKey.loadOrCreate(folder.resolve(one + ".key"));
            MeshHost host =
                    new MeshHost(
                            one.value(), key, "demand", message -> say("S " + Wire.write(message)));
            hosts.put(one.value(), host);
            if (!id.equals(ASKS.value())) {
                answer(host, large);
            }
        }
        // the other process measures as soon as it knows the first of these, so that one is last
        for (int i = ids.size() - 1; i >= 0; i--) {
            say("K " + ids.get(i) + " " + hosts.get(ids.get(i).value()).publicKey());
        }
        BufferedReader in =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ", 3);
            switch (words[0]) {
                case "S" -> {
                    SignalMessage message = Wire.signal(line.substring(2));
                    hosts.get(message.targetId()).received(message);
                }
                case "K" -> {
                    hosts.values().forEach(host -> host.knows(words[1], words[2]));
                    if (words[1].equals(ANSWERS.value())) {
                        Thread measures = new Thread(() -> measure(scale, costs), "measures");
                        measures.setDaemon(true);
                        measures.start();
                    }
                }
                default -> say("E what is " + Wire.quote(line) + "?");
            }
        }
        hosts.values().forEach(MeshHost::close);
    }

    private void measure(double scale, boolean costs) {
        try {
            new MeshMeasures(hosts.get(ASKS.value()).mesh(), scale, this::say).run(costs);
            say("D");
        } catch (Exception e) {
            say("E " + e);
        }
    }

    static PeerConnectionFactory factory() {
        return new PeerConnectionFactory(new HeadlessAudioDeviceModule());
    }

    /** A large result; as text that no compression helps. */
    private static JsonNode large() {
        byte[] noise = new byte[BULK];
        Random random = new Random(1);
        for (int i = 0; i < BULK; i++) {
            noise[i] = (byte) ('0' + random.nextInt(64));
        }
        return Wire.object()
                .put(
                        "result",
                        new String(noise, StandardCharsets.US_ASCII)
                                .replace('\\', '-')
                                .replace('"', '-'));
    }

    private void answer(MeshHost host, JsonNode large) {
        host.handle(
                (peer, message, reply) -> reply.send("bench_response", message.payload()),
                "bench_echo");
        host.handle((peer, message, reply) -> reply.send("bench_response", large), "bench_bulk");
        host.handle(
                (peer, message, reply) ->
                        reply.send(
                                "bench_response",
                                state.json(message.payload().path("watch").asBoolean())),
                "bench_state");
        host.handle(
                (peer, message, reply) ->
                        new Thread(() -> reply.send("bench_response", profile(message.payload())))
                                .start(),
                "bench_profile");
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
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private synchronized JsonNode profile(JsonNode wish) {
        if (wish.path("on").asBoolean()) {
            profile = new Profile();
            return Wire.object();
        }
        try (Profile ended = profile) {
            return Wire.object().set("top", ended.top());
        } catch (IOException e) {
            return Wire.object().put("error", e.toString());
        }
    }

    private synchronized JsonNode answerRaw(JsonNode offer) {
        try {
            if (raw == null) {
                factory = factory();
            } else {
                raw.close();
            }
            raw =
                    new RawChannel(
                            factory,
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
