package dev.weft.transport.webrtc;

import dev.onvoid.webrtc.internal.NativeObject;
import dev.onvoid.webrtc.internal.RefCountedObject;
import java.lang.reflect.Field;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one reference that webrtc-java 0.14.0 holds on a native peer connection and never gives back: {@code close} forgets the handle, and some 45 KB
 * with it. This takes the handle over before, and releases it after; a test counts what a thousand links leave behind.
 */
final class NativeReference extends RefCountedObject {
    private static final Logger LOG = LoggerFactory.getLogger(NativeReference.class);
    private static final Field HANDLE = handle();

    private NativeReference() {}

    /** Takes over the reference of an object that is about to forget it.
     * @param owner a peer connection, not closed yet
     * @return null if it holds none, or if this version of the library keeps it elsewhere */
    static NativeReference of(NativeObject owner) {
        if (HANDLE == null) {
            return null;
        }
        try {
            long pointer = HANDLE.getLong(owner);
            if (pointer == 0) {
                return null;
            }
            NativeReference reference = new NativeReference();
            HANDLE.setLong(reference, pointer);
            return reference;
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("made accessible before", e);
        }
    }

    private static Field handle() {
        try {
            Field field = NativeObject.class.getDeclaredField("nativeHandle");
            field.setAccessible(true);
            return field;
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.warn("closed WebRTC connections stay in memory: {}", e.toString());
            return null;
        }
    }
}
