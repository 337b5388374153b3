package dev.sluice.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The command {@code client}: registers, lists and disables clients in the database of the server. */
@Command(
        name = "client",
        customSynopsis = "sluice client add|list|enable|disable|rotate [<id>] [<options>] [--<key>=<value> ...]",
        description = {
            "Registers clients of sluice.security.mode=smart, and has them get tokens or not.",
            "Keys are those of the server; spring.datasource.url is needed."
        },
        footer = {"", SluiceCommand.EXIT_CODES})
final class ClientCommand implements Callable<Integer> {
    /** What is done. */
    private enum Action {
        ADD,
        LIST,
        ENABLE,
        DISABLE,
        ROTATE
    }

    private final ClientAdministration.Opener clients;

    @Spec
    private CommandSpec spec;

    @Mixin
    private CommandOutput out = new CommandOutput();

    @Parameters(
            index = "0",
            paramLabel = "<action>",
            description = {
                "add registers a client, list lists all, disable refuses a client at once and its tokens within a second,",
                "enable ends that, rotate replaces the keys of a client."
            })
    private String action = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "<id>",
            description = {
                "The client id, or * for all clients. Of a person: '<client id> <sub>', or '* <sub>' with all clients."
            })
    private @Nullable String id;

    @Option(
            names = "--scopes",
            paramLabel = "<scopes>",
            description = "What the client may ask for, such as 'system/Patient.rs system/Group.rs'.")
    private @Nullable String scopes;

    @Option(names = "--jwks-url", paramLabel = "<url>", description = "The https URL of the client's public keys.")
    private @Nullable String jwksUrl;

    @Option(names = "--jwks-file", paramLabel = "<file>", description = "A file with the client's public keys.")
    private @Nullable Path jwksFile;

    @Option(
            names = "--groups",
            split = ",",
            paramLabel = "<id>",
            description = "The Groups that the client may read and export; all without it.")
    private @Nullable List<String> groups;

    @Option(
            names = "--containers",
            split = ",",
            paramLabel = "<name>",
            description = "The containers that the client may name; all without it.")
    private @Nullable List<String> containers;

    @Option(
            names = "--max-open-jobs",
            paramLabel = "<number>",
            description = "How many exports the client may have open at a time.")
    private @Nullable Integer maxOpenJobs;

    @Option(
            names = "--priority",
            paramLabel = "low|normal|high",
            description = "Whether jobs of the client run before or after those of others.")
    private @Nullable String priority;

    @Unmatched
    private List<String> settings = new ArrayList<>();

    ClientCommand(ClientAdministration.Opener clients) {
        this.clients = clients;
    }

    /** Prints what was done, or the clients; 0, or 2 if it cannot be done. */
    @Override
    public Integer call() {
        Action chosen = action();
        ServerKeys.check(spec, settings);
        try (ClientAdministration database = clients.open(settings)) {
            switch (chosen) {
                case LIST -> print(database.list());
                case ADD -> {
                    database.add(new ClientAdministration.NewClient(
                            id(), scopes, jwksUrl, keys(), groups, containers, maxOpenJobs, priority));
                    done("The client " + id() + " is registered.");
                }
                case ENABLE -> done(database.enable(id(), true));
                case DISABLE -> done(database.enable(id(), false));
                case ROTATE -> {
                    database.rotate(id(), jwksUrl, keys());
                    done("The client " + id() + " has new keys.");
                }
            }
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw ServerKeys.fault(e);
        }
        return 0;
    }

    private void print(List<ClientAdministration.ListedClient> clients) {
        for (ClientAdministration.ListedClient client : clients) {
            out.line(String.join(
                    "  ",
                    client.id(),
                    client.enabled() ? "enabled" : "disabled",
                    "registered in the " + client.source(),
                    String.join(" ", client.scopes())));
        }
        out.document(json -> {
            ArrayNode list = json.putArray("clients");
            for (ClientAdministration.ListedClient client : clients) {
                ObjectNode item = list.addObject().put("id", client.id()).put("enabled", client.enabled());
                client.scopes().forEach(item.put("source", client.source()).putArray("scopes")::add);
            }
        });
    }

    private void done(String sentence) {
        out.line(sentence);
        out.document(json -> json.putArray("done").add(sentence));
    }

    private Action action() {
        try {
            Action chosen = Action.valueOf(action.toUpperCase(Locale.ROOT));
            if (chosen != Action.LIST) {
                id();
            }
            return chosen;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    spec.commandLine(), "'" + action + "' is none of add, list, enable, disable and rotate.");
        }
    }

    private String id() {
        if (id == null) {
            throw new ParameterException(spec.commandLine(), "The client id is missing: client " + action + " <id>.");
        }
        return id;
    }

    private @Nullable String keys() {
        try {
            return jwksFile == null ? null : Files.readString(jwksFile);
        } catch (IOException e) {
            throw new CliException("The file " + jwksFile + " cannot be read: " + ExportLocator.reason(e) + ".");
        }
    }
}
