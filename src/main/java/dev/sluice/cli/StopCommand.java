package dev.sluice.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** The command {@code stop}: no more data leaves the servers that use the database. */
@Command(
        name = "stop",
        customSynopsis = "sluice stop --yes [--client=<id>] [--<key>=<value> ...]",
        description = {
            "Cancels all exports that have not ended, revokes all access tokens, and disables all clients or one.",
            "The servers go on. 'client enable' with the id, or with '*' for all clients, lets clients in again.",
            "Keys are those of the server; spring.datasource.url is needed."
        },
        footer = {"", SluiceCommand.EXIT_CODES})
final class StopCommand implements Callable<Integer> {
    private final ClientAdministration.Opener clients;

    @Spec
    private CommandSpec spec;

    @Mixin
    private CommandOutput out = new CommandOutput();

    @Option(names = "--yes", description = "Nothing is done without it.")
    private boolean yes;

    @Option(names = "--client", paramLabel = "<id>", description = "The client to disable; all without it.")
    private @Nullable String client;

    @Unmatched
    private List<String> settings = new ArrayList<>();

    StopCommand(ClientAdministration.Opener clients) {
        this.clients = clients;
    }

    /** Prints what was done; 0, or 2 if it cannot be done. */
    @Override
    public Integer call() {
        ServerKeys.check(spec, settings);
        if (!yes) {
            throw new ParameterException(
                    spec.commandLine(), "This cancels all exports and shuts clients out. If you mean it, add --yes.");
        }
        try (ClientAdministration database = clients.open(settings)) {
            List<String> done = database.stop(client);
            done.forEach(out::line);
            out.document(json -> done.forEach(json.putArray("done")::add));
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw ServerKeys.fault(e);
        }
        return 0;
    }
}
