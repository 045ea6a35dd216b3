package dev.weft.tasks;

import dev.weft.protocol.AgentId;

/**
 * Who is to do a task, and what is known of it.
 *
 * @param agent who
 * @param name for people: label and id
 * @param local whether it is this host
 * @param offline whether the registry holds it to be offline
 * @param plain whether it speaks only the reference's protocol, as far as we know
 * @param reading the skill as the agent offers it
 */
record Choice(
        AgentId agent,
        String name,
        boolean local,
        boolean offline,
        boolean plain,
        SkillRef reading) {}
