package dev.weft.signaling;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration of the WebSocket end, PID {@code dev.weft.signaling}. */
@ObjectClassDefinition(name = "Weft signaling", description = "The WebSocket end of the registry")
public @interface SignalingConfig {
    /** How long a socket may say nothing before it is pinged, and the time between two pings.
     * @return seconds */
    @AttributeDefinition(description = "Seconds after which a silent socket is pinged")
    int ping__seconds() default 20;

    /** How long a socket may be silent.
     * @return seconds */
    @AttributeDefinition(description = "Seconds of silence after which a socket is closed")
    int silence__seconds() default 60;

    /** How fast one socket may send.
     * @return messages a second */
    @AttributeDefinition(
            description =
                    "Messages a second that are read from one socket; what comes faster waits in the sender")
    int messages__per__second() default 500;

    /** How many sockets may be open.
     * @return a count */
    @AttributeDefinition(description = "Sockets that may be open at once")
    int max__sockets() default 5000;
}
