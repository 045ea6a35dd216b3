package dev.weft.host.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.onvoid.webrtc.CreateSessionDescriptionObserver;
import dev.onvoid.webrtc.PeerConnectionFactory;
import dev.onvoid.webrtc.PeerConnectionObserver;
import dev.onvoid.webrtc.RTCAnswerOptions;
import dev.onvoid.webrtc.RTCConfiguration;
import dev.onvoid.webrtc.RTCDataChannel;
import dev.onvoid.webrtc.RTCDataChannelBuffer;
import dev.onvoid.webrtc.RTCDataChannelInit;
import dev.onvoid.webrtc.RTCDataChannelObserver;
import dev.onvoid.webrtc.RTCDataChannelState;
import dev.onvoid.webrtc.RTCIceCandidate;
import dev.onvoid.webrtc.RTCOfferOptions;
import dev.onvoid.webrtc.RTCPeerConnection;
import dev.onvoid.webrtc.RTCSdpType;
import dev.onvoid.webrtc.RTCSessionDescription;
import dev.onvoid.webrtc.SetSessionDescriptionObserver;
import dev.onvoid.webrtc.media.audio.HeadlessAudioDeviceModule;
import dev.weft.protocol.Wire;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A sidecar as the reference's is seen from outside: token in the URL, four signaling messages, one DataChannel with single text frames,
 * no hello, no identity. It offers to whoever is in the peer list, and answers offers.
 */
final class ReferenceSidecar implements AutoCloseable, WebSocket.Listener {
    final BlockingQueue<JsonNode> signals = new LinkedBlockingQueue<>();
    final BlockingQueue<JsonNode> messages = new LinkedBlockingQueue<>();
    final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final CompletableFuture<RTCDataChannel> open = new CompletableFuture<>();
    private final ExecutorService work = Executors.newSingleThreadExecutor();
    private final StringBuilder partial = new StringBuilder();
    private final List<RTCIceCandidate> early = new ArrayList<>();
    private final String id;
    private final WebSocket socket;
    private PeerConnectionFactory factory;
    private RTCPeerConnection connection;
    private RTCDataChannel channel;
    private boolean described;

    ReferenceSidecar(HttpClient http, String url, String id, String token) {
        this.id = id;
        this.socket =
                http.newWebSocketBuilder()
                        .buildAsync(
                                URI.create(url.replace("http:", "ws:") + "/ws?token=" + token),
                                this)
                        .orTimeout(60, TimeUnit.SECONDS)
                        .join();
        signal("register", null, Wire.tree("null"));
    }

    private synchronized void signal(String type, String target, JsonNode payload) {
        ObjectNode frame = Wire.object().put("type", type).put("peer_id", id);
        if (target != null) {
            frame.put("target_id", target);
        }
        frame.set("payload", payload);
        socket.sendText(Wire.write((Object) frame), true).orTimeout(60, TimeUnit.SECONDS).join();
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
        partial.append(text);
        if (last) {
            JsonNode frame = Wire.tree(partial.toString());
            partial.setLength(0);
            signals.add(frame);
            work.execute(() -> handle(frame));
        }
        from.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        closed.complete(code);
        return null;
    }

    private void handle(JsonNode frame) {
        String peer = frame.path("peer_id").asText();
        JsonNode payload = frame.path("payload");
        if (frame.path("type").asText().equals("answer")) {
            connection.setRemoteDescription(
                    new RTCSessionDescription(RTCSdpType.ANSWER, payload.path("sdp").asText()),
                    set(this::describe));
        } else if (frame.path("type").asText().equals("offer")) {
            connect(peer);
            connection.setRemoteDescription(
                    new RTCSessionDescription(RTCSdpType.OFFER, payload.path("sdp").asText()),
                    set(
                            () -> {
                                describe();
                                connection.createAnswer(
                                        new RTCAnswerOptions(), created("answer", peer));
                            }));
        } else if (frame.path("type").asText().equals("ice_candidate")) {
            candidate(
                    new RTCIceCandidate(
                            payload.path("sdpMid").asText(),
                            payload.path("sdpMLineIndex").asInt(),
                            payload.path("candidate").asText()));
        }
    }

    private synchronized void describe() {
        described = true;
        early.forEach(connection::addIceCandidate);
    }

    private synchronized void candidate(RTCIceCandidate candidate) {
        if (described) {
            connection.addIceCandidate(candidate);
        } else {
            early.add(candidate);
        }
    }

    /** Offers a channel to a peer. */
    void offer(String peer) {
        work.execute(
                () -> {
                    connect(peer);
                    observe(connection.createDataChannel("mesh", new RTCDataChannelInit()));
                    connection.createOffer(new RTCOfferOptions(), created("offer", peer));
                });
    }

    private void connect(String peer) {
        factory = new PeerConnectionFactory(new HeadlessAudioDeviceModule());
        connection =
                factory.createPeerConnection(
                        new RTCConfiguration(),
                        new PeerConnectionObserver() {
                            @Override
                            public void onIceCandidate(RTCIceCandidate found) {
                                ObjectNode payload = Wire.object().put("candidate", found.sdp);
                                payload.put("sdpMid", found.sdpMid)
                                        .put("sdpMLineIndex", found.sdpMLineIndex);
                                signal("ice_candidate", peer, payload);
                            }

                            @Override
                            public void onDataChannel(RTCDataChannel theirs) {
                                observe(theirs);
                            }
                        });
    }

    private CreateSessionDescriptionObserver created(String type, String peer) {
        return new CreateSessionDescriptionObserver() {
            @Override
            public void onSuccess(RTCSessionDescription description) {
                connection.setLocalDescription(
                        description,
                        set(() -> signal(type, peer, Wire.object().put("sdp", description.sdp))));
            }

            @Override
            public void onFailure(String error) {
                open.completeExceptionally(new AssertionError(error));
            }
        };
    }

    private SetSessionDescriptionObserver set(Runnable then) {
        return new SetSessionDescriptionObserver() {
            @Override
            public void onSuccess() {
                work.execute(then);
            }

            @Override
            public void onFailure(String error) {
                open.completeExceptionally(new AssertionError(error));
            }
        };
    }

    private void observe(RTCDataChannel opened) {
        channel = opened;
        opened.registerObserver(
                new RTCDataChannelObserver() {
                    @Override
                    public void onBufferedAmountChange(long before) {}

                    @Override
                    public void onStateChange() {
                        if (opened.getState() == RTCDataChannelState.OPEN) {
                            open.complete(opened);
                        }
                    }

                    @Override
                    public void onMessage(RTCDataChannelBuffer buffer) {
                        byte[] bytes = new byte[buffer.data.remaining()];
                        buffer.data.get(bytes);
                        messages.add(Wire.tree(new String(bytes, StandardCharsets.UTF_8)));
                    }
                });
        if (opened.getState() == RTCDataChannelState.OPEN) {
            open.complete(opened);
        }
    }

    /** Sends one message in one frame, with the five members that the reference has. */
    void send(String type, String request, String target, JsonNode payload) throws Exception {
        ObjectNode message = Wire.object().put("type", type).put("request_id", request);
        message.put("source_agent", id).put("target_agent", target).set("payload", payload);
        byte[] bytes = Wire.write((Object) message).getBytes(StandardCharsets.UTF_8);
        open.get(60, TimeUnit.SECONDS)
                .send(new RTCDataChannelBuffer(ByteBuffer.wrap(bytes), false));
    }

    /** The next message of a type; what a peer without hello does not know is left out. */
    JsonNode next(BlockingQueue<JsonNode> from, String type) throws InterruptedException {
        for (JsonNode got = from.poll(60, TimeUnit.SECONDS);
                got != null;
                got = from.poll(60, TimeUnit.SECONDS)) {
            if (got.path("type").asText().equals(type)) {
                return got;
            }
        }
        throw new AssertionError("no " + type + " came");
    }

    @Override
    public void close() {
        socket.abort();
        work.execute(
                () -> {
                    if (channel != null) {
                        channel.unregisterObserver();
                        channel.close();
                        channel.dispose();
                    }
                    if (connection != null) {
                        connection.close();
                        factory.dispose();
                    }
                });
        work.shutdown();
        org.awaitility.Awaitility.await("the sidecar's end")
                .atMost(java.time.Duration.ofSeconds(60))
                .until(work::isTerminated);
    }
}
