package dev.weft.host.cli;

import dev.weft.host.launcher.HostException;
import dev.weft.protocol.AgentId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weft init}. */
@Command(name = "init", description = "Makes the folder of a new agent.")
final class InitCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "DIR", description = "The folder; . is the current one.")
    private Path folder;

    @Option(
            names = "--name",
            paramLabel = "N",
            description = "Label of the agent (default: the folder's name).")
    private String name;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Path target = folder.toAbsolutePath().normalize();
        String label = name != null ? name : String.valueOf(target.getFileName());
        if (!AgentId.isValid(label)) {
            throw new HostException(
                    HostException.USAGE,
                    "\""
                            + label
                            + "\" cannot be an agent's name; give another with --name (a-z 0-9 . _ -, at most 64)");
        }
        Map<String, String> files = new LinkedHashMap<>();
        files.put(
                "agent.yaml",
                """
                # The agent of this folder. Start it here with: weft run
                name: %s
                description: ""

                # Skills that ship with Weft and are placed into deploy/ at start.
                skills:
                  builtin: [sysinfo, text]

                # A language model; without one the offline rules answer. Keys come from the environment, never from this file.
                # providers:
                #   - id: main
                #     type: openai
                #     base_url: https://api.openai.com/v1
                #     model: gpt-4o-mini
                #     api_key_env: OPENAI_API_KEY
                """
                        .formatted(label));
        files.put(
                "AGENT.md",
                "# "
                        + label
                        + "\n\nWhat this agent is for and how it should answer. This text is added to its prompt.\n");
        files.put(
                ".env.example",
                "# Copy to .env, fill in, and load it before weft run: set -a; . ./.env; set +a\nOPENAI_API_KEY=\n");
        files.put(".gitignore", ".weft/\n.env\n");
        for (String file : files.keySet()) {
            if (Files.exists(target.resolve(file))) {
                throw new HostException(
                        HostException.FAILED,
                        target.resolve(file) + " exists; init changes nothing that is there");
            }
        }
        Files.createDirectories(target.resolve("deploy"));
        for (Map.Entry<String, String> file : files.entrySet()) {
            Files.writeString(target.resolve(file.getKey()), file.getValue());
        }
        spec.commandLine()
                .getOut()
                .println("made " + target + "; next: cd " + folder + " && weft run");
        return 0;
    }
}
