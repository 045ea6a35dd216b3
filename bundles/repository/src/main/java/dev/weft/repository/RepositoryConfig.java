package dev.weft.repository;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Settings of the repository of a registry. */
@ObjectClassDefinition(name = "Repository of skills")
@interface RepositoryConfig {
    /** Its name, which statements and roots carry; counts when it is made. */
    @AttributeDefinition(description = "Name of the repository; empty: the host's name")
    String name() default "";

    /** Whether reading needs no credentials. */
    @AttributeDefinition(description = "Strangers may read /repository; else any role may")
    boolean open() default false;

    /** How long a snapshot is good; it is signed anew at half of it. */
    @AttributeDefinition(description = "Days until a snapshot expires", min = "1", max = "90")
    int life__days() default 7;
}
