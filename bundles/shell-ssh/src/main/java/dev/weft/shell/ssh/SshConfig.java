package dev.weft.shell.ssh;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Whether there is SSH, where, and for how many. */
@ObjectClassDefinition(name = "Weft shell over SSH")
public @interface SshConfig {
    /** Whether it listens.
     * @return false unless somebody wants it */
    @AttributeDefinition(description = "whether it listens")
    boolean enabled() default false;

    /** Where it listens.
     * @return a name or address of this machine */
    @AttributeDefinition(description = "address to listen on; only this machine by default")
    String address() default "127.0.0.1";

    /** At which port.
     * @return 0 to 65535; 0 takes a free one */
    @AttributeDefinition(description = "port; 0 takes a free one and writes it to run/ssh.port")
    int port() default 8022;

    /** Most connections at once.
     * @return at least 1 */
    @AttributeDefinition(description = "most connections at once")
    int sessions() default 4;

    /** Whether an access key of role admin may be given as password.
     * @return true by default */
    @AttributeDefinition(description = "whether an admin's access key is taken as password")
    boolean passwords() default true;
}
