package dev.weft.transport.webrtc;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** How this host makes WebRTC links. */
@ObjectClassDefinition(name = "Weft WebRTC transport")
public @interface WebRtcConfig {
    /** Whether empty libraries stand in for the desktop libraries that webrtc-java is linked against.
     * @return {@code auto}, {@code always} or {@code never} */
    @AttributeDefinition(
            description =
                    "empty libraries instead of libpulse, X11, udev, dbus: auto (where one is missing), always, never")
    String headless() default "auto";

    /** How long a link may take to come up.
     * @return milliseconds */
    @AttributeDefinition(
            description = "milliseconds until an attempt to make a link is given up",
            min = "100",
            max = "60000")
    int setup_timeout_ms() default 15_000;
}
