package dev.weft.api.skill;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** The typed configuration of the skills of this host. What is set here is kept over restarts and counts at once. Thread-safe. */
@ProviderType
public interface SkillSettings {
    /** What can be set for a skill, and what counts now.
     * @param skill skill id
     * @return empty if the skill is not here, or has nothing to set */
    Optional<Settings> find(String skill);

    /** Sets all of it; keys that are left out fall back to the host's files, or to their defaults.
     * @param skill skill id
     * @param values an object that fits the schema; {@code ********} keeps a secret as it is
     * @return what counts now; empty if the skill is not here, or has nothing to set
     * @throws dev.weft.protocol.ProtocolException code {@code bad_config}, with everything that is wrong; nothing changes then */
    Optional<Settings> replace(String skill, JsonNode values);

    /** Sets some keys (JSON merge patch: {@code null} takes one out).
     * @param skill skill id
     * @param values the keys to set
     * @return what counts now; empty if the skill is not here, or has nothing to set
     * @throws dev.weft.protocol.ProtocolException code {@code bad_config}, as above */
    Optional<Settings> change(String skill, JsonNode values);

    /**
     * The configuration of a skill.
     *
     * @param pid where Configuration Admin has it
     * @param schema JSON Schema of the values; secrets are {@code writeOnly}
     * @param values what counts, defaults among it; a secret that is set shows as {@code ********}
     */
    record Settings(String pid, JsonNode schema, JsonNode values) {}
}
