package dev.weft.host.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.host.bench.Benchmark;
import dev.weft.host.bench.Figures;
import dev.weft.host.bench.Machine;
import dev.weft.host.launcher.HostException;
import dev.weft.protocol.Wire;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weft bench}. */
@Command(
        name = "bench",
        description =
                "Measures this version on this machine, with hosts of its own that end with it.")
final class BenchCommand implements Callable<Integer> {
    @Parameters(
            arity = "0..*",
            paramLabel = "WHAT",
            description = "registry, mesh, skills or llm (default: all).")
    private List<String> names = List.of();

    @Option(names = "--json", description = "Prints one JSON document.")
    private boolean json;

    @Option(
            names = "--scale",
            paramLabel = "S",
            description =
                    "Part of the full size, above 0 to 1: 1 is all of it and takes a while, a small one shows that the benchmark works (default: ${DEFAULT-VALUE}).",
            defaultValue = "0.5")
    private double scale;

    @Option(
            names = "--profile",
            description =
                    "Names what costs most, from a flight recording of its own (mesh): processor time and memory.")
    private boolean profile;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (!(scale > 0 && scale <= 1)) {
            throw new HostException(HostException.USAGE, "--scale is above 0 and at most 1");
        }
        List<Benchmark> chosen = chosen();
        Output output = new Output(spec.commandLine().getOut());
        Map<String, Object> machine = Machine.describe();
        if (!json) {
            machine.forEach((name, value) -> output.line(name + ": " + value));
        }
        boolean terminal = System.console() != null;
        Figures figures =
                new Figures(
                        figure -> {
                            if (!json) {
                                output.line(figure.line());
                            }
                        },
                        step -> {
                            if (terminal) {
                                spec.commandLine().getErr().println("… " + step);
                            }
                        });
        for (Benchmark benchmark : chosen) {
            benchmark.run(figures, scale);
        }
        if (json) {
            ObjectNode document = Wire.object();
            document.set("machine", Wire.node(machine));
            document.set("figures", Wire.node(figures.all()));
            output.json(document);
        }
        return 0;
    }

    private List<Benchmark> chosen() {
        List<String> known = Benchmark.all(profile).stream().map(Benchmark::name).toList();
        names.stream()
                .filter(name -> !known.contains(name))
                .findFirst()
                .ifPresent(
                        name -> {
                            throw new HostException(
                                    HostException.USAGE,
                                    "no benchmark \""
                                            + name
                                            + "\"; there are: "
                                            + String.join(", ", known));
                        });
        return Benchmark.all(profile).stream()
                .filter(benchmark -> names.isEmpty() || names.contains(benchmark.name()))
                .toList();
    }
}
