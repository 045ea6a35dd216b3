package dev.weft.identity;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.identity.LegacyAccess;
import dev.weft.api.identity.Role;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.Wire;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The reference's key file, {@code {"keys":{KEY:{peer_id,role}}}}. What is wrong in it is told without telling a key. */
final class LegacyKeyFile {
    private static final int MOST_BYTES = 4 << 20;
    private static final int SHORT = 16;
    private static final String PUBLISHED = "ak_dev_001";
    private static final Set<PosixFilePermission> OTHERS =
            Set.of(PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_READ);
    private final Path file;

    LegacyKeyFile(Path file) {
        this.file = file;
    }

    /**
     * What a file says.
     *
     * @param keys hash of each good key as hexadecimal digits, to the peer it names
     * @param peers all those peers
     * @param remarks what is wrong or dangerous, each a sentence fit for people
     */
    record Content(Map<String, AgentId> keys, Set<String> peers, List<String> remarks) {
        static Content of(Map<String, AgentId> keys, List<String> remarks) {
            Set<String> peers =
                    keys.values().stream().map(AgentId::value).collect(Collectors.toSet());
            return new Content(Map.copyOf(keys), peers, List.copyOf(remarks));
        }
    }

    /** Says whether a file must be read again.
     * @return changes whenever the file does */
    String stamp() {
        try {
            return Files.getLastModifiedTime(file) + " " + Files.size(file);
        } catch (IOException missing) {
            return "";
        }
    }

    Content read() {
        Map<String, AgentId> keys = new HashMap<>();
        List<String> remarks = new ArrayList<>();
        try {
            if (Files.size(file) > MOST_BYTES) {
                remarks.add("the key file " + file + " is larger than 4 MiB and was not read");
                return Content.of(keys, remarks);
            }
            JsonNode entries = Wire.tree(Files.readString(file)).path("keys");
            if (!entries.isObject()) {
                remarks.add("the key file " + file + " has no object \"keys\"");
            }
            entries.properties().forEach(entry -> add(entry, keys, remarks));
            if (isReadByOthers()) {
                remarks.add("other users may read the key file " + file + ": chmod 600 it");
            }
        } catch (ProtocolException | CharacterCodingException e) {
            remarks.add("the key file " + file + " is damaged: " + e.getMessage());
        } catch (IOException e) {
            remarks.add(
                    "there is no readable key file "
                            + file
                            + ", so only callers on this machine are let in");
        }
        return Content.of(keys, remarks);
    }

    private static void add(
            Map.Entry<String, JsonNode> entry, Map<String, AgentId> keys, List<String> remarks) {
        String peer = entry.getValue().path("peer_id").asText();
        String role = entry.getValue().path("role").asText();
        String problem =
                !AgentId.isValid(peer) || LegacyAccess.LOOPBACK.value().equals(peer)
                        ? "its peer_id is not 1 to 64 characters [a-z0-9][a-z0-9._-]*, or is reserved"
                        : !Role.AGENT.wireName().equals(role)
                                ? "only the role agent is admitted; people use weft key create"
                                : entry.getKey().isBlank() ? "it is empty" : "";
        if (!problem.isEmpty()) {
            remarks.add("the key of peer " + Wire.quote(peer) + " is not accepted: " + problem);
            return;
        }
        keys.put(LegacyKeys.hash(entry.getKey()), new AgentId(peer));
        if (entry.getKey().equals(PUBLISHED)) {
            remarks.add("the key of peer " + peer + " is one that everybody knows: replace it");
        } else if (entry.getKey().length() < SHORT) {
            remarks.add("the key of peer " + peer + " has less than 16 characters: replace it");
        }
    }

    private boolean isReadByOthers() throws IOException {
        try {
            return Files.getPosixFilePermissions(file).stream().anyMatch(OTHERS::contains);
        } catch (UnsupportedOperationException notPosix) {
            return false;
        }
    }
}
