package dev.weft.transport.webrtc;

import dev.onvoid.webrtc.CreateSessionDescriptionObserver;
import dev.onvoid.webrtc.PeerConnectionObserver;
import dev.onvoid.webrtc.RTCDataChannel;
import dev.onvoid.webrtc.RTCDataChannelBuffer;
import dev.onvoid.webrtc.RTCDataChannelObserver;
import dev.onvoid.webrtc.RTCIceCandidate;
import dev.onvoid.webrtc.RTCPeerConnectionState;
import dev.onvoid.webrtc.RTCSessionDescription;
import dev.onvoid.webrtc.RTCStatsCollectorCallback;
import dev.onvoid.webrtc.RTCStatsReport;
import dev.onvoid.webrtc.SetSessionDescriptionObserver;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * What libwebrtc calls, on threads of its own: each call copies, hands over and returns. webrtc-java 0.14.0 keeps some observers for ever, so this
 * one lets go of all it knows when its connection is disposed.
 */
final class ConnectionObserver
        implements PeerConnectionObserver, RTCDataChannelObserver, RTCStatsCollectorCallback {
    /** Who hears; called on the executor, except for {@link #message}, which must hand over itself. */
    interface Events {
        void candidate(RTCIceCandidate candidate);

        void state(RTCPeerConnectionState state);

        void channelOffered(RTCDataChannel channel);

        void channelChanged();

        void selected(SelectedPair pair);

        void message(byte[] message, boolean binary);
    }

    /** Target and executor in one, so that they vanish together. */
    private record Ear(Events events, Executor executor) {}

    private volatile Ear ear;

    ConnectionObserver(Executor executor) {
        ear = new Ear(null, executor);
    }

    /** Names who hears; before the connection is made. */
    void attach(Events events) {
        ear = new Ear(events, ear.executor());
    }

    void detach() {
        ear = null;
    }

    /** Runs something on the executor, unless the connection is gone. */
    void handOver(Runnable task) {
        Ear now = ear;
        if (now != null) {
            now.executor()
                    .execute(
                            () -> {
                                if (ear != null) {
                                    task.run();
                                }
                            });
        }
    }

    private void tell(Consumer<Events> call) {
        Ear now = ear;
        if (now != null) {
            handOver(() -> call.accept(now.events()));
        }
    }

    @Override
    public void onIceCandidate(RTCIceCandidate candidate) {
        tell(events -> events.candidate(candidate));
    }

    @Override
    public void onConnectionChange(RTCPeerConnectionState state) {
        tell(events -> events.state(state));
    }

    @Override
    public void onDataChannel(RTCDataChannel channel) {
        tell(events -> events.channelOffered(channel));
    }

    @Override
    public void onStateChange() {
        tell(Events::channelChanged);
    }

    @Override
    public void onBufferedAmountChange(long previous) {
        // webrtc-java 0.14.0 never calls this
    }

    @Override
    public void onMessage(RTCDataChannelBuffer buffer) {
        Ear now = ear;
        if (now != null) {
            byte[] text = new byte[buffer.data.remaining()];
            buffer.data.get(text); // native memory, valid during this call only
            now.events().message(text, buffer.binary);
        }
    }

    @Override
    public void onStatsDelivered(RTCStatsReport report) {
        SelectedPair.of(report.getStats()).ifPresent(pair -> tell(events -> events.selected(pair)));
    }

    /** A description was made. */
    CreateSessionDescriptionObserver created(
            Consumer<RTCSessionDescription> then, Consumer<String> failed) {
        return new Reply(then, failed);
    }

    /** A description was set. */
    SetSessionDescriptionObserver settled(Runnable then, Consumer<String> failed) {
        return new Reply(description -> then.run(), failed);
    }

    /** The outcome of one step; hands it over once and forgets who asked. */
    private final class Reply
            implements CreateSessionDescriptionObserver, SetSessionDescriptionObserver {
        private volatile Consumer<RTCSessionDescription> then;
        private volatile Consumer<String> failed;

        Reply(Consumer<RTCSessionDescription> then, Consumer<String> failed) {
            this.then = then;
            this.failed = failed;
        }

        @Override
        public void onSuccess() {
            onSuccess(null);
        }

        @Override
        public void onSuccess(RTCSessionDescription description) {
            Consumer<RTCSessionDescription> next = then;
            forget();
            if (next != null) {
                handOver(() -> next.accept(description));
            }
        }

        @Override
        public void onFailure(String error) {
            Consumer<String> next = failed;
            forget();
            if (next != null) {
                handOver(() -> next.accept(error));
            }
        }

        private void forget() {
            then = null;
            failed = null;
        }
    }
}
