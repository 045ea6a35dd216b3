package dev.weft.http.api;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Settings of the HTTP face. */
@ObjectClassDefinition(name = "Weft HTTP API")
public @interface HttpConfig {
    /** Whether the last entry of {@code X-Forwarded-For} names the caller, when a proxy on this machine calls.
     * @return false unless there is such a proxy */
    @AttributeDefinition(name = "A reverse proxy on this machine sets X-Forwarded-For")
    boolean trust_forwarded() default false;

    /** Proxies on other machines whose {@code X-Forwarded-For} is believed.
     * @return addresses, or ranges as {@code 10.1.0.0/16} */
    @AttributeDefinition(name = "Addresses or ranges of proxies that set X-Forwarded-For")
    String[] trusted_proxies() default {};

    /** Whose pages may call the API from a browser.
     * @return origins as {@code https://ops.example.org}; none unless listed */
    @AttributeDefinition(name = "Origins whose pages may call the API")
    String[] cors_origins() default {};

    /** Longest jar that may be uploaded.
     * @return bytes */
    @AttributeDefinition(name = "Longest jar that may be uploaded, in bytes")
    long upload_limit() default 64L << 20;

    /** How many requests a caller who proved who it is may make.
     * @return a second, in the long run; four times as many at once */
    @AttributeDefinition(name = "Requests a second of one key or agent")
    int requests__per__second() default 500;

    /** How many requests an address may make without a good credential.
     * @return a second, in the long run; four times as many at once */
    @AttributeDefinition(name = "Requests a second of one address without a good credential")
    int strangers__per__second() default 50;

    /** How many event streams may be open at once.
     * @return a number */
    @AttributeDefinition(name = "Event streams open at once, at most")
    int event_streams() default 64;

    /** Pause between comments that keep an event stream alive.
     * @return seconds */
    @AttributeDefinition(name = "Seconds between comments that keep an event stream alive")
    int event_heartbeat() default 15;
}
