package dev.weft.transport.webrtc;

import dev.onvoid.webrtc.CreateSessionDescriptionObserver;
import dev.onvoid.webrtc.RTCAnswerOptions;
import dev.onvoid.webrtc.RTCConfiguration;
import dev.onvoid.webrtc.RTCDataChannel;
import dev.onvoid.webrtc.RTCDataChannelBuffer;
import dev.onvoid.webrtc.RTCDataChannelInit;
import dev.onvoid.webrtc.RTCDataChannelState;
import dev.onvoid.webrtc.RTCIceCandidate;
import dev.onvoid.webrtc.RTCOfferOptions;
import dev.onvoid.webrtc.RTCPeerConnection;
import dev.onvoid.webrtc.RTCSdpType;
import dev.onvoid.webrtc.RTCSessionDescription;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * One native peer connection and its one channel. Thread-safe: every native call holds the lock, so that none meets an object that another thread
 * frees; the library's own threads never take it. After {@link #dispose} every call does nothing.
 */
final class Connection {
    /** The label of the one channel. */
    static final String LABEL = "mesh";

    /** What libwebrtc sends at most in one message, whatever the peer would take: one byte more and it closes the channel without a word. */
    static final int MAX_MESSAGE = 256 << 10;

    private static final String MAX_MESSAGE_LINE = "a=max-message-size:";
    private static final int MAX_MESSAGE_UNSAID = 64 << 10;

    private final ConnectionObserver observer;
    private final RTCPeerConnection connection;
    private RTCDataChannel channel;
    private boolean disposed;
    private volatile int maxMessage = MAX_MESSAGE_UNSAID;

    Connection(WebRtcEngine engine, RTCConfiguration configuration, ConnectionObserver observer) {
        this.observer = observer;
        connection = engine.open(configuration, observer);
    }

    /** Opens the channel and makes an offer; both steps are done when the description is handed on.
     * @param then gets the SDP, on a thread of the library
     * @param failed gets the reason */
    synchronized void offer(Consumer<String> then, Consumer<String> failed) {
        step(
                () -> {
                    adopt(connection.createDataChannel(LABEL, new RTCDataChannelInit()));
                    connection.createOffer(new RTCOfferOptions(), local(then, failed));
                },
                failed);
    }

    /** Offers the same connection again with new ICE credentials, so that both sides look for a path anew; the channel stays.
     * @param then gets the SDP, on a thread of the library
     * @param failed gets the reason */
    synchronized void restart(Consumer<String> then, Consumer<String> failed) {
        RTCOfferOptions options = new RTCOfferOptions();
        options.iceRestart = true;
        step(() -> connection.createOffer(options, local(then, failed)), failed);
    }

    /** Takes a remote offer and makes an answer.
     * @param sdp of the offer
     * @param accepted told when candidates can be added
     * @param then gets the SDP of the answer
     * @param failed gets the reason */
    synchronized void answer(
            String sdp, Runnable accepted, Consumer<String> then, Consumer<String> failed) {
        remote(
                RTCSdpType.OFFER,
                sdp,
                () -> {
                    accepted.run();
                    observer.handOver(() -> createAnswer(then, failed));
                },
                failed);
    }

    private synchronized void createAnswer(Consumer<String> then, Consumer<String> failed) {
        step(() -> connection.createAnswer(new RTCAnswerOptions(), local(then, failed)), failed);
    }

    /** Takes the remote answer.
     * @param sdp of the answer
     * @param accepted told when candidates can be added
     * @param failed gets the reason */
    synchronized void accept(String sdp, Runnable accepted, Consumer<String> failed) {
        remote(RTCSdpType.ANSWER, sdp, accepted, failed);
    }

    private synchronized void remote(
            RTCSdpType type, String sdp, Runnable accepted, Consumer<String> failed) {
        step(
                () -> {
                    maxMessage = maxMessage(sdp);
                    connection.setRemoteDescription(
                            new RTCSessionDescription(type, sdp),
                            observer.settled(accepted, failed));
                },
                failed);
    }

    private CreateSessionDescriptionObserver local(Consumer<String> then, Consumer<String> failed) {
        return observer.created(description -> setLocal(description, then, failed), failed);
    }

    private synchronized void setLocal(
            RTCSessionDescription description, Consumer<String> then, Consumer<String> failed) {
        step(
                () ->
                        connection.setLocalDescription(
                                description,
                                observer.settled(() -> then.accept(description.sdp), failed)),
                failed);
    }

    /** Some failures come as exceptions or errors of the native call itself, others through the observer: all are told the same way. */
    private void step(Runnable call, Consumer<String> failed) {
        if (!disposed) {
            try {
                call.run();
            } catch (RuntimeException | Error e) {
                observer.handOver(() -> failed.accept(e.getMessage()));
            }
        }
    }

    /** The description sent, with the candidates found since.
     * @return "" if there is none */
    synchronized String localSdp() {
        RTCSessionDescription description = disposed ? null : connection.getLocalDescription();
        return description == null ? "" : description.sdp;
    }

    /** Adds a remote candidate; the remote description must be set. */
    synchronized void add(RTCIceCandidate candidate) {
        if (!disposed) {
            connection.addIceCandidate(candidate);
        }
    }

    /** Takes the channel that the peer opened.
     * @return false if it is none of ours: it is closed again */
    synchronized boolean adoptRemote(RTCDataChannel offered) {
        if (disposed || channel != null || !LABEL.equals(offered.getLabel())) {
            WebRtcEngine.quietly(offered::close);
            WebRtcEngine.quietly(offered::dispose);
            return false;
        }
        adopt(offered);
        return true;
    }

    private void adopt(RTCDataChannel ours) {
        channel = ours;
        ours.registerObserver(observer);
    }

    /** The channel's state.
     * @return null if there is no channel */
    synchronized RTCDataChannelState channelState() {
        return disposed || channel == null ? null : channel.getState();
    }

    /** Hands a message to libwebrtc.
     * @return false if the channel takes none any more */
    synchronized boolean send(byte[] message, boolean binary) {
        if (disposed || channel == null) {
            return false;
        }
        try {
            channel.send(new RTCDataChannelBuffer(ByteBuffer.wrap(message), binary));
            return true;
        } catch (Exception e) {
            return false;
        }
    }

    /** Bytes that libwebrtc has not sent yet. */
    synchronized long buffered() {
        return disposed || channel == null ? 0 : channel.getBufferedAmount();
    }

    /** The longest message that both sides take, in bytes. */
    int maxMessage() {
        return maxMessage;
    }

    /** Asks which pair of candidates carries the traffic; the observer hears. */
    synchronized void askPath() {
        if (!disposed) {
            connection.getStats(observer);
        }
    }

    /** Closes and frees both. Twice is harmless. Never on a thread of the library. */
    synchronized void dispose() {
        if (disposed) {
            return;
        }
        disposed = true;
        observer.detach();
        if (channel != null) {
            WebRtcEngine.quietly(channel::unregisterObserver);
            WebRtcEngine.quietly(channel::close);
        }
        NativeReference reference = NativeReference.of(connection);
        WebRtcEngine.quietly(connection::close);
        if (channel != null) {
            WebRtcEngine.quietly(channel::dispose); // only now the connection has let go of it
        }
        WebRtcEngine.quietly(reference == null ? null : reference::release);
    }

    /** RFC 8841: 64 KiB if the peer does not say, 0 for any size. */
    static int maxMessage(String sdp) {
        long said =
                sdp.lines()
                        .filter(line -> line.startsWith(MAX_MESSAGE_LINE))
                        .findFirst()
                        .map(Connection::number)
                        .orElse((long) MAX_MESSAGE_UNSAID);
        return said == 0 ? MAX_MESSAGE : (int) Math.min(said, MAX_MESSAGE);
    }

    private static long number(String line) {
        try {
            return Math.max(0, Long.parseLong(line.substring(MAX_MESSAGE_LINE.length()).strip()));
        } catch (NumberFormatException e) {
            return MAX_MESSAGE_UNSAID;
        }
    }
}
