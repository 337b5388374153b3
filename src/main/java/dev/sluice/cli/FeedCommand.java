package dev.sluice.cli;

import dev.sluice.cli.ServerConnection.Answer;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Clock;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The command {@code feed}: lists, defines, runs and removes feeds. */
@Command(
        name = "feed",
        description = {
            "Lists, defines, runs and removes feeds: exports that a server of Sluice repeats by a schedule.",
            "list and show say how feeds stand; add defines a feed, or defines it again; run starts a run at once;",
            "enable and disable say whether it runs by its schedule; remove deletes it and its files."
        },
        footer = {"", SluiceCommand.EXIT_CODES})
final class FeedCommand implements Callable<Integer> {
    /** What is done. */
    private enum Action {
        LIST,
        SHOW,
        ADD,
        RUN,
        ENABLE,
        DISABLE,
        REMOVE;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Action of(String text) {
            return Arrays.stream(values())
                    .filter(action -> action.toString().equals(text))
                    .findFirst()
                    .orElseThrow(() -> new CliException("'" + text + "' is none of "
                            + Arrays.stream(values()).map(Action::toString).collect(Collectors.joining(", ")) + "."));
        }
    }

    @Mixin
    private final ServerOptions server;

    @Mixin
    private CommandOutput out = new CommandOutput();

    @Parameters(index = "0", paramLabel = "list|show|add|run|enable|disable|remove", description = "What is done.")
    private String action = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "<name>", description = "The name of the feed.")
    private @Nullable String name;

    @Option(
            names = "--export",
            paramLabel = "<request>",
            description = "For add: the export that is repeated, such as 'Patient/$export?_type=Patient'.")
    private @Nullable String export;

    @Option(
            names = "--cron",
            paramLabel = "<fields>",
            description = "For add: when it runs: second, minute, hour, day of the month, month, day of the week. Each"
                    + " night at two is '0 0 2 * * *'.")
    private @Nullable String cron;

    @Option(names = "--zone", paramLabel = "<zone>", description = "For add: the time zone of --cron; UTC by default.")
    private @Nullable String zone;

    @Option(
            names = "--retention",
            paramLabel = "<time>",
            description = "For add: how long files are kept that a follower no longer needs; 7d by default.")
    private @Nullable String retention;

    @Option(
            names = "--snapshot-every",
            paramLabel = "<number>",
            description = "For add: after so many deltas, a new snapshot is made; 30 by default.")
    private @Nullable Integer snapshotEvery;

    @Option(names = "--lenient", description = "For add: ignore parameters that are not supported.")
    private boolean lenient;

    @Option(names = "--snapshot", description = "For run: begin a new chain.")
    private boolean snapshot;

    FeedCommand(Clock clock) {
        this.server = new ServerOptions(clock);
    }

    @Override
    public Integer call() {
        Action chosen = Action.of(action);
        if (chosen != Action.LIST && (name == null || !name.matches("[a-z][a-z0-9-]{0,62}"))) {
            throw new CliException(
                    "feed " + chosen + " needs the name of a feed: up to 63 lower-case letters, digits and"
                            + " hyphens, of which the first is a letter.");
        }
        ServerConnection connection = server.connect(out);
        String path = "_feeds/" + name;
        switch (chosen) {
            case LIST -> list(connection.get("_feeds").body());
            case SHOW -> show(connection.get(path).body());
            case ADD -> show(connection.send(definition(connection, path), true).body());
            case RUN ->
                run(connection.send(post(connection, path + "/$run" + (snapshot ? "?snapshot=true" : "")), false));
            case ENABLE, DISABLE ->
                show(connection
                        .send(post(connection, path + "/$" + chosen), true)
                        .body());
            case REMOVE -> {
                connection.send(connection.request(path).DELETE().build(), true);
                out.line("The feed " + name + " is removed.");
                out.document(json -> json.put("removed", name));
            }
        }
        return 0;
    }

    private static HttpRequest post(ServerConnection connection, String path) {
        return connection.request(path).POST(BodyPublishers.noBody()).build();
    }

    private HttpRequest definition(ServerConnection connection, String path) {
        if (export == null || cron == null) {
            throw new CliException("feed add needs --export and --cron.");
        }
        ObjectNode definition = CommandOutput.object().put("export", export).put("cron", cron);
        definition.put("lenient", lenient);
        if (zone != null) {
            definition.put("zone", zone);
        }
        if (retention != null) {
            definition.put("retention", retention);
        }
        if (snapshotEvery != null) {
            definition.put("snapshotEvery", snapshotEvery);
        }
        return connection
                .request(path)
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString(definition.toString()))
                .build();
    }

    private void list(JsonNode list) {
        list.path("feeds").forEach(this::print);
        out.document(list);
    }

    private void show(JsonNode feed) {
        print(feed);
        out.line("Followers begin at " + text(feed, "publish"));
        out.document(feed);
    }

    private void run(Answer answer) {
        String job = answer.contentLocation().orElse("");
        out.line("A run has begun: " + job);
        out.document(json -> json.put("name", name).put("job", job));
    }

    private void print(JsonNode feed) {
        String next = text(feed, "nextRun");
        out.line(text(feed, "name") + "  " + text(feed, "state") + "  " + text(feed, "export")
                + (next.isEmpty() ? "" : "  next run " + next));
        if (!text(feed, "problem").isEmpty()) {
            out.line("  " + text(feed, "problem"));
        }
    }

    private static String text(JsonNode json, String property) {
        return json.path(property).asString("");
    }
}
