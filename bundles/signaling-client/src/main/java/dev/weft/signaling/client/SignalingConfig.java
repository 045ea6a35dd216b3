package dev.weft.signaling.client;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Which registry, and how this host presents itself there. */
@ObjectClassDefinition(name = "Weft signaling client")
public @interface SignalingConfig {
    /** The name of the configuration. */
    String PID = "dev.weft.signaling.client";

    /** The registry.
     * @return {@code local}, or an http or https URL; several, with commas in between, if the registry is several hosts */
    @AttributeDefinition(
            description =
                    "URL of the registry, or several with commas in between, or local: this host is its own registry")
    String registry() default "local";

    /** Time between heartbeats.
     * @return seconds */
    @AttributeDefinition(description = "seconds between heartbeats")
    int heartbeat__seconds() default 15;

    /** Time between probes of the socket; it counts as dead after two and a half of them in silence.
     * @return seconds */
    @AttributeDefinition(description = "seconds between probes of the socket")
    int keepalive__seconds() default 20;

    /** Longest pause between two attempts to connect.
     * @return seconds */
    @AttributeDefinition(description = "longest pause between two attempts to connect, in seconds")
    int reconnect__max__seconds() default 30;

    /** Time between two looks at the addresses of this machine: how soon a new network is noticed.
     * @return seconds */
    @AttributeDefinition(description = "seconds between two looks at this machine's addresses")
    int network__seconds() default 2;

    /** What to route by.
     * @return {@code key=value} each */
    @AttributeDefinition(description = "labels of this host, key=value each")
    String[] labels() default {};
}
