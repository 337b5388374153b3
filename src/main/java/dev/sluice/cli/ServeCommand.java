package dev.sluice.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** The command {@code serve}: checks that only options are given, which are passed to the server as they are. */
@Command(
        name = "serve",
        customSynopsis = "sluice [serve] [--<key>=<value> ...]",
        description = {
            "Starts the server; without a command too.",
            "Keys are those of the configuration, such as --server.port=8081, --sluice.home=<folder> or",
            "--spring.datasource.url=jdbc:postgresql://<host>/<database>; docs/configuration.md lists them."
        })
final class ServeCommand implements Callable<Integer> {
    /** In the place of an exit code: the server is to be started. */
    static final int START = -1;

    @Spec
    private CommandSpec spec;

    @Unmatched
    private List<String> options = new ArrayList<>();

    /** Spring would ignore an argument that is no option, and start without it. */
    @Override
    public Integer call() {
        for (String option : options) {
            if (!option.startsWith("--")) {
                throw new ParameterException(
                        spec.commandLine(),
                        "'" + option + "' is no option of the server; options are --<key>=<value>, such as"
                                + " --server.port=8081.");
            }
        }
        return START;
    }
}
