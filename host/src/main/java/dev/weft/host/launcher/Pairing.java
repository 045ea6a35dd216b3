package dev.weft.host.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * What the launcher needs of the device credential: whom this host was paired with, and as what. The token is the identity
 * room's business. The file is JSON, which is YAML too.
 *
 * @param registry URL of the registry, empty if the host was never paired
 * @param name the label it was paired under
 */
record Pairing(Optional<String> registry, Optional<String> name) {
    static Pairing read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return new Pairing(Optional.empty(), Optional.empty());
        }
        try {
            Object content =
                    new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file));
            if (content instanceof Map<?, ?> members
                    && members.get("registry") instanceof String registry) {
                return new Pairing(
                        Optional.of(registry),
                        Optional.ofNullable(members.get("name")).map(Object::toString));
            }
            throw new IOException(
                    file + " is damaged (it names no registry); remove it and pair again");
        } catch (YamlEngineException e) {
            throw new IOException(
                    file + " is damaged (it is not JSON); remove it and pair again", e);
        }
    }
}
