package dev.weft.api.event;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;

/**
 * Something that happened.
 *
 * @param id grows by one with each event of this host's run; what {@code Last-Event-ID} names
 * @param at when
 * @param type {@code area.what}: {@code agent.joined|changed|left}, {@code peer.connected|changed|disconnected},
 *     {@code task.<state>|progress|chunk}, {@code skill.installed|removed|failed}, {@code llm.changed}, {@code pairing.<status>},
 *     {@code catalog.progress|changed|revoked|repository|waits}, {@code repository.published|stated}
 * @param data what the type says; never a secret
 */
public record Event(long id, Instant at, String type, JsonNode data) {}
