package dev.weft.mesh;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Which links this host keeps. */
@ObjectClassDefinition(name = "Weft mesh")
public @interface MeshConfig {
    /** PID. */
    String PID = "dev.weft.mesh";

    /** To whom this host keeps a direct link at all times.
     * @return {@code all}, {@code demand} or {@code labels} */
    @AttributeDefinition(
            description =
                    "all: to every peer, as far as max_links goes; demand: only while there is something to say; labels: to peers with one of dial_labels")
    String dial() default "all";

    /** With {@code dial=labels}: whom to call.
     * @return {@code key=value} each */
    @AttributeDefinition(description = "key=value each: peers that have one of these are called")
    String[] dial__labels() default {};

    /** When a direct link that nobody uses, and that {@code dial} does not ask for, is closed.
     * @return seconds; 0 for never */
    @AttributeDefinition(
            description = "seconds without a message until a link is closed; 0: never",
            min = "0",
            max = "86400")
    int idle__seconds() default 300;

    /** Most direct links at once; the one that was used least recently makes room.
     * @return at least 1 */
    @AttributeDefinition(
            description = "most direct links at once; the least recently used one makes room",
            min = "1",
            max = "4096")
    int max__links() default 64;
}
