package dev.weft.host.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What the commands share that talk to a host. */
abstract class HostCommand implements Callable<Integer> {
    @Mixin private Connection connection;

    @Spec private CommandSpec spec;

    HostClient client() {
        return connection.client();
    }

    Connection connection() {
        return connection;
    }

    Output output() {
        return new Output(spec.commandLine().getOut());
    }

    @Override
    public final Integer call() throws Exception {
        run();
        return 0;
    }

    abstract void run() throws Exception;
}
