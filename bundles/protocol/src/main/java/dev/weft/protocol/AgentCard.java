package dev.weft.protocol;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What an agent says of itself when it registers. The first nine members are the reference's; the others are Weft's.
 * Absent strings are {@code ""}, absent lists and maps are empty.
 *
 * @param agentId address on the mesh
 * @param hostname name of the machine
 * @param ip address of the machine as it knows it
 * @param port its HTTP port, 0 if it has none
 * @param sidecarPeerId the peer id of its WebRTC end; in Weft the same as {@code agentId}
 * @param capabilities skill ids and counters as the reference lists them
 * @param status free text, {@code running} for a Weft host
 * @param mode free text, the role of the host
 * @param name label that people use, same shape as an agent id; unique among approved agents by the registry's care
 * @param skills full description of each skill; empty for agents of the reference
 * @param labels free key/value pairs to route by
 * @param version version of the host software
 * @param platform operating system and architecture, e.g. {@code linux-x86_64}
 * @param publicKey Ed25519 public key, base64url of the 32 raw bytes; "" if unknown
 * @param load running tasks divided by what the host can run at once, 0 to 1
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record AgentCard(
        @JsonProperty("agent_id") AgentId agentId,
        String hostname,
        String ip,
        int port,
        @JsonProperty("sidecar_peer_id") String sidecarPeerId,
        Capabilities capabilities,
        String status,
        String mode,
        String name,
        List<SkillCard> skills,
        Map<String, String> labels,
        String version,
        String platform,
        @JsonProperty("public_key") String publicKey,
        double load) {

    /** Fills absent members.
     * @throws ProtocolException if there is no agent id, the name is malformed, the port is none, or a list holds null */
    public AgentCard {
        if (agentId == null) {
            throw new ProtocolException("missing_agent_id", "an agent card needs agent_id");
        }
        hostname = text(hostname);
        ip = text(ip);
        if (port < 0 || port > 65535) {
            throw new ProtocolException("bad_port", "port must be 0 to 65535, got " + port);
        }
        sidecarPeerId = text(sidecarPeerId);
        status = text(status);
        mode = text(mode);
        name = name == null || name.isEmpty() ? agentId.value() : name;
        if (!AgentId.isValid(name)) {
            throw new ProtocolException(
                    "bad_agent_name",
                    "agent name must be 1 to 64 characters [a-z0-9][a-z0-9._-]*, got "
                            + Wire.quote(name));
        }
        skills = Wire.list("skills", skills);
        capabilities =
                capabilities == null
                        ? new Capabilities(
                                skills.stream().map(SkillCard::id).toList(), List.of(), 0, mode)
                        : capabilities;
        if (labels != null && labels.values().stream().anyMatch(Objects::isNull)) {
            throw new ProtocolException("bad_json", "labels must not hold null");
        }
        labels = labels == null ? Map.of() : Map.copyOf(labels);
        load = load > 0 ? Math.min(load, 1) : 0; // NaN becomes 0 too
        version = text(version);
        platform = text(platform);
        publicKey = text(publicKey);
    }

    private static String text(String value) {
        return value == null ? "" : value;
    }

    /** Tells whether the agent offers a skill.
     * @param skill a skill id
     * @return true if the card lists it */
    public boolean offers(String skill) {
        return capabilities.skills().contains(skill);
    }

    /**
     * Counters and ids as the reference lists them.
     *
     * @param skills ids of the skills
     * @param mcpServers names of MCP servers
     * @param goalsCount number of goals
     * @param mode free text
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Capabilities(
            List<String> skills,
            @JsonProperty("mcp_servers") List<String> mcpServers,
            @JsonProperty("goals_count") int goalsCount,
            String mode) {
        /** Fills absent members. */
        public Capabilities {
            skills = Wire.list("capabilities.skills", skills);
            mcpServers = Wire.list("capabilities.mcp_servers", mcpServers);
            mode = text(mode);
        }
    }
}
