package dev.weft.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.task.TaskRequest;
import dev.weft.protocol.AgentId;
import java.time.Duration;

/**
 * A task from outside that this host was chosen for.
 *
 * @param id the sender's id for it, taken here if it is free; "" for a new one
 * @param reference skill or skill.tool
 * @param input arguments
 * @param source who asked
 * @param caller who asked, for access rules: as proven, "" if it is not
 * @param origin how it came
 * @param ttl how long it may take
 * @param depth how many tasks led to the one that sent it
 * @param key what tells it from other tasks when it comes again
 * @param options how it is handled
 */
record Incoming(
        String id,
        String reference,
        JsonNode input,
        AgentId source,
        String caller,
        Spec.Origin origin,
        Duration ttl,
        int depth,
        String key,
        TaskRequest.Options options) {}
