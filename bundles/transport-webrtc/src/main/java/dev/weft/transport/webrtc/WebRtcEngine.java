package dev.weft.transport.webrtc;

import dev.onvoid.webrtc.PeerConnectionFactory;
import dev.onvoid.webrtc.PeerConnectionObserver;
import dev.onvoid.webrtc.RTCConfiguration;
import dev.onvoid.webrtc.RTCPeerConnection;
import dev.onvoid.webrtc.media.audio.HeadlessAudioDeviceModule;
import dev.weft.api.health.HealthCheck;
import dev.weft.api.mesh.LinkException;
import java.io.FileNotFoundException;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The native library and its one factory. A host on which it cannot be loaded lives on without WebRTC; the health check says why.
 */
final class WebRtcEngine {
    private static final Logger LOG = LoggerFactory.getLogger(WebRtcEngine.class);

    private final HeadlessLibraries.Mode headless;
    private HeadlessAudioDeviceModule audio;
    private PeerConnectionFactory factory;
    private boolean closed;
    private volatile String problem;

    WebRtcEngine(HeadlessLibraries.Mode headless) {
        this.headless = headless;
    }

    /** Loads the library; takes some 150 ms. */
    void load() {
        long start = System.nanoTime();
        try {
            boolean stubs = HeadlessLibraries.prepare(headless);
            if (Library.FAILURE != null) {
                problem = explain(Library.FAILURE);
                LOG.error("no WebRTC on this host: {}", problem, Library.FAILURE);
                return;
            }
            synchronized (this) {
                if (!closed) {
                    audio = new HeadlessAudioDeviceModule();
                    factory = new PeerConnectionFactory(audio);
                }
            }
            LOG.debug(
                    "WebRTC is ready after {} ms{}",
                    (System.nanoTime() - start) / 1_000_000,
                    stubs ? ", with empty desktop libraries" : "");
        } catch (LinkageError | RuntimeException e) {
            problem = explain(e);
            LOG.error("no WebRTC on this host: {}", problem, e);
        }
    }

    /** Whether links can be made; all is well while the library loads. */
    HealthCheck.Status status() {
        String why = problem;
        return why == null
                ? HealthCheck.Status.OK
                : HealthCheck.Status.warning("no direct links to peers: " + why);
    }

    /** Makes a connection.
     * @param configuration ICE servers
     * @param observer hears of it
     * @return never null */
    synchronized RTCPeerConnection open(
            RTCConfiguration configuration, PeerConnectionObserver observer) {
        if (factory == null) {
            throw new LinkException(
                    problem == null
                            ? "WebRTC is stopped on this host"
                            : "no WebRTC on this host: " + problem);
        }
        RTCPeerConnection connection;
        try {
            connection = factory.createPeerConnection(configuration, observer);
        } catch (RuntimeException | Error e) {
            throw new LinkException(
                    "a WebRTC connection cannot be made, look at the ICE servers' URLs: "
                            + e.getMessage());
        }
        if (connection == null) {
            throw new LinkException(
                    "a WebRTC connection cannot be made, look at the ICE servers' URLs");
        }
        return connection;
    }

    /** Ends the native threads. Every connection must be closed by now. */
    synchronized void close() {
        closed = true;
        quietly(factory == null ? null : factory::dispose);
        quietly(audio == null ? null : audio::dispose);
        factory = null;
        audio = null;
    }

    /** Runs a native clean-up, which may throw even if it did its work. */
    static void quietly(Runnable cleanUp) {
        try {
            if (cleanUp != null) {
                cleanUp.run();
            }
        } catch (RuntimeException | Error e) {
            LOG.debug("native clean-up: {}", e.toString());
        }
    }

    /** The native library, loaded when this is first looked at: what was wrong, the class that loads it says only the first time. */
    private static final class Library {
        /** Why it cannot be loaded; null if it is loaded. */
        static final Throwable FAILURE = load();

        private static Throwable load() {
            try {
                Class.forName(PeerConnectionFactory.class.getName());
                return null;
            } catch (ClassNotFoundException | LinkageError | RuntimeException e) {
                return e;
            }
        }
    }

    private static String explain(Throwable failure) {
        String platform = System.getProperty("os.name") + ' ' + System.getProperty("os.arch");
        Throwable cause = failure;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        String text = String.valueOf(cause.getMessage());
        if (cause instanceof FileNotFoundException) {
            return "this distribution has no WebRTC library for "
                    + platform
                    + "; add the bundle dev.weft.lib.webrtc.<platform> that fits";
        }
        if (text.toLowerCase(Locale.ROOT).startsWith("unsupported")) {
            return "webrtc-java has no library for "
                    + platform
                    + "; peers are reached through the registry only";
        }
        if (text.contains("failed to map segment") || text.contains("Operation not permitted")) {
            return text
                    + "; both "
                    + System.getProperty("weft.native")
                    + " and "
                    + System.getProperty("java.io.tmpdir")
                    + " seem to be mounted noexec, give the host a data folder that is not";
        }
        return text
                + "; install the library it names (webrtc-java needs glibc), or start with headless=always";
    }
}
