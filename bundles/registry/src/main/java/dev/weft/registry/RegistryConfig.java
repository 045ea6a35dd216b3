package dev.weft.registry;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration of the registry, PID {@code dev.weft.registry}; every component of the bundle reads the same. */
@ObjectClassDefinition(
        name = "Weft registry",
        description =
                "Directory, presence, pairing, inbox and the ICE servers that hosts are told of")
public @interface RegistryConfig {
    /** STUN servers.
     * @return {@code stun:} URLs */
    @AttributeDefinition(
            description = "STUN servers that hosts are told of, as stun: or stuns: URLs")
    String[] stun() default {};

    /** TURN servers.
     * @return {@code turn:} URLs */
    @AttributeDefinition(
            description =
                    "TURN servers that hosts are told of, as turn: or turns: URLs; they need a secret")
    String[] turn() default {};

    /** Where the TURN secret is kept.
     * @return path of a file, "" if none */
    @AttributeDefinition(description = "File that holds the secret shared with the TURN servers")
    String turn__secret__file() default "";

    /** Where else the TURN secret is kept.
     * @return name of an environment variable, "" if none */
    @AttributeDefinition(
            description = "Environment variable that holds the secret shared with the TURN servers")
    String turn__secret__env() default "";

    /** Time between two looks at what has aged.
     * @return seconds */
    @AttributeDefinition(
            description = "Seconds between two sweeps for silent agents and expired tasks")
    int sweep__seconds() default 5;

    /** When an agent is stale.
     * @return seconds since its last heartbeat */
    @AttributeDefinition(description = "Seconds without a heartbeat after which an agent is stale")
    int stale__seconds() default 90;

    /** When an agent is offline.
     * @return seconds since its last heartbeat */
    @AttributeDefinition(
            description = "Seconds without a heartbeat after which an agent is offline")
    int offline__seconds() default 270;

    /** How long an agent may keep a task of the inbox without a word.
     * @return seconds */
    @AttributeDefinition(
            description =
                    "Seconds after which a task that an agent took, and says nothing of, is handed out again")
    int lease__seconds() default 90;

    /** How long an offline agent is remembered.
     * @return hours */
    @AttributeDefinition(description = "Hours after which an offline agent is forgotten")
    int agent__retention__hours() default 168;

    /** How long a finished task is kept.
     * @return hours */
    @AttributeDefinition(description = "Hours after which a finished task is deleted")
    int task__retention__hours() default 24;

    /** How many unfinished tasks the inbox holds.
     * @return a count */
    @AttributeDefinition(description = "Unfinished tasks that the inbox holds at most")
    int max__tasks() default 10_000;
}
