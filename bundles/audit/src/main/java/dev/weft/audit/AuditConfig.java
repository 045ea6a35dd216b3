package dev.weft.audit;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** How much is kept. */
@ObjectClassDefinition(name = "Weft audit log")
public @interface AuditConfig {
    /** When a new file is begun.
     * @return MiB */
    @AttributeDefinition(name = "Size of a file, in MiB")
    int file__mb() default 8;

    /** How many files are kept.
     * @return a number */
    @AttributeDefinition(name = "Files that are kept; the oldest goes first")
    int files() default 16;
}
