package dev.weft.host.bench;

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
import dev.onvoid.webrtc.RTCIceGatheringState;
import dev.onvoid.webrtc.RTCOfferOptions;
import dev.onvoid.webrtc.RTCPeerConnection;
import dev.onvoid.webrtc.RTCSdpType;
import dev.onvoid.webrtc.RTCSessionDescription;
import dev.onvoid.webrtc.SetSessionDescriptionObserver;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** The baseline: a DataChannel of webrtc-java and nothing else. What arrives is handled on one thread, since it must not be on the library's. */
final class RawChannel implements PeerConnectionObserver, RTCDataChannelObserver, AutoCloseable {
    private static final long SECONDS = 20;
    private static final long ENOUGH = 1 << 20;
    private final RTCPeerConnection connection;
    private final Consumer<byte[]> listener;
    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(
                    work -> {
                        Thread made = new Thread(work, "raw-channel");
                        made.setDaemon(true);
                        return made;
                    });
    private final CompletableFuture<Void> gathered = new CompletableFuture<>();
    private final CompletableFuture<RTCDataChannel> opened = new CompletableFuture<>();
    private volatile RTCDataChannel channel;

    /** Makes one end.
     * @param factory of the library
     * @param listener hears each message */
    RawChannel(PeerConnectionFactory factory, Consumer<byte[]> listener) {
        this.listener = listener;
        this.connection = factory.createPeerConnection(new RTCConfiguration(), this);
    }

    /** Offers.
     * @return the SDP with all candidates */
    String offer() throws Exception {
        take(connection.createDataChannel("raw", new RTCDataChannelInit()));
        Outcome offer = new Outcome();
        connection.createOffer(new RTCOfferOptions(), offer);
        return local(offer);
    }

    /** Answers an offer.
     * @return the SDP with all candidates */
    String answer(String sdp) throws Exception {
        remote(RTCSdpType.OFFER, sdp);
        Outcome answer = new Outcome();
        connection.createAnswer(new RTCAnswerOptions(), answer);
        return local(answer);
    }

    /** Takes the answer, and waits until the channel is open. */
    void accept(String sdp) throws Exception {
        remote(RTCSdpType.ANSWER, sdp);
        opened.get(SECONDS, TimeUnit.SECONDS);
    }

    private String local(Outcome made) throws Exception {
        Outcome set = new Outcome();
        connection.setLocalDescription(made.get(SECONDS, TimeUnit.SECONDS), set);
        set.get(SECONDS, TimeUnit.SECONDS);
        gathered.get(SECONDS, TimeUnit.SECONDS);
        return connection.getLocalDescription().sdp;
    }

    private void remote(RTCSdpType type, String sdp) throws Exception {
        Outcome set = new Outcome();
        connection.setRemoteDescription(new RTCSessionDescription(type, sdp), set);
        set.get(SECONDS, TimeUnit.SECONDS);
    }

    /** Sends one message. */
    void send(byte[] message) {
        try {
            channel.send(new RTCDataChannelBuffer(ByteBuffer.wrap(message), true));
        } catch (Exception e) {
            throw new IllegalStateException("the raw channel does not send", e);
        }
    }

    /** Sends many bytes, as fast as they go.
     * @param bytes how many
     * @param piece bytes of one message */
    void sendBulk(long bytes, int piece) {
        byte[] message = new byte[piece];
        for (long sent = 0; sent < bytes; sent += piece) {
            if (sent / piece % 4 == 0) {
                while (channel.getBufferedAmount() > ENOUGH) {
                    LockSupport.parkNanos(500_000);
                }
            }
            send(message);
        }
    }

    private void take(RTCDataChannel ours) {
        channel = ours;
        ours.registerObserver(this);
        onStateChange();
    }

    @Override
    public void onDataChannel(RTCDataChannel offered) {
        thread.execute(() -> take(offered));
    }

    @Override
    public void onIceCandidate(RTCIceCandidate candidate) {
        // all candidates go with the description
    }

    @Override
    public void onIceGatheringChange(RTCIceGatheringState state) {
        if (state == RTCIceGatheringState.COMPLETE) {
            gathered.complete(null);
        }
    }

    @Override
    public void onStateChange() {
        thread.execute(
                () -> {
                    if (channel.getState() == RTCDataChannelState.OPEN) {
                        opened.complete(channel);
                    }
                });
    }

    @Override
    public void onBufferedAmountChange(long previous) {
        // this version of the library never says so
    }

    @Override
    public void onMessage(RTCDataChannelBuffer buffer) {
        byte[] message = new byte[buffer.data.remaining()];
        buffer.data.get(message);
        thread.execute(() -> listener.accept(message));
    }

    @Override
    public void close() {
        channel.unregisterObserver();
        channel.close();
        connection.close();
        thread.shutdownNow();
    }

    /** The end of one step. */
    private static final class Outcome extends CompletableFuture<RTCSessionDescription>
            implements CreateSessionDescriptionObserver, SetSessionDescriptionObserver {
        @Override
        public void onSuccess() {
            complete(null);
        }

        @Override
        public void onSuccess(RTCSessionDescription description) {
            complete(description);
        }

        @Override
        public void onFailure(String error) {
            completeExceptionally(new IllegalStateException(error));
        }
    }
}
