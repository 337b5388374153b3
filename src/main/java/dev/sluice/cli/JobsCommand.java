package dev.sluice.cli;

import dev.sluice.cli.TerminalOutput.Color;
import dev.sluice.fhir.Plural;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** The command {@code jobs}: lists exports and imports, or says how one of them stands. */
@Command(
        name = "jobs",
        description = {
            "Lists the exports and imports of a server of Sluice, the newest first.",
            "With a job, says how it stands, why it waits, and what happened to it."
        },
        footer = {"", SluiceCommand.EXIT_CODES})
final class JobsCommand implements Callable<Integer> {
    private static final String ROW = "%-36s  %-6s  %-9s  %4s  %-16s  %s";

    private final Clock clock;

    @Mixin
    private final ServerOptions server;

    @Mixin
    private CommandOutput out = new CommandOutput();

    @Parameters(
            arity = "0..1",
            paramLabel = "<job>",
            description = "The id of an export or import, or the URL of its status.")
    private @Nullable String job;

    @Option(
            names = "--state",
            split = ",",
            paramLabel = "<state>",
            description = "Only jobs that are accepted, running, paused, completed or failed.")
    private List<String> states = List.of();

    @Option(names = "--kind", paramLabel = "export|import", description = "Only jobs of this kind.")
    private @Nullable String kind;

    @Option(names = "--search", paramLabel = "<text>", description = "Only jobs that have this in their id or request.")
    private @Nullable String text;

    @Option(
            names = "--owner",
            paramLabel = "<client>",
            description = "Only jobs of this client; for administrators and viewers.")
    private @Nullable String owner;

    @Option(names = "--count", paramLabel = "<number>", description = "How many jobs are listed; 50 by default.")
    private int count = 50;

    @Option(names = "--cursor", paramLabel = "<cursor>", description = "Where the list goes on, as it says at its end.")
    private @Nullable String cursor;

    @Option(
            names = "--wait",
            description = "Wait until the job ends, and show its progress; the exit code is 1 if it has failed.")
    private boolean wait;

    JobsCommand(Clock clock) {
        this.clock = clock;
        this.server = new ServerOptions(clock);
    }

    @Override
    public Integer call() throws InterruptedException {
        if (wait && job == null) {
            throw new CliException("--wait needs a job.");
        }
        ServerConnection connection = server.connect(out);
        if (job == null) {
            list(connection);
            return 0;
        }
        return show(connection, new JobReference(job)) ? 0 : 1;
    }

    private void list(ServerConnection connection) {
        JsonNode page = connection
                .get("_operations"
                        + ServerConnection.query(Stream.of(
                                        ServerConnection.parameter("state", String.join(",", states)),
                                        ServerConnection.parameter("kind", kind),
                                        ServerConnection.parameter("q", text),
                                        ServerConnection.parameter("owner", owner),
                                        ServerConnection.parameter("cursor", cursor),
                                        ServerConnection.parameter("count", String.valueOf(count)))
                                .flatMap(List::stream)
                                .toList()))
                .body();
        out.line(String.format(Locale.ROOT, ROW, "job", "kind", "state", "done", "age", "request"));
        Instant now = clock.instant();
        for (JsonNode each : page.path("jobs")) {
            out.line(String.format(
                    Locale.ROOT,
                    ROW,
                    text(each, "id"),
                    text(each, "kind"),
                    text(each, "state"),
                    each.path("progress").path("percent").asInt(0) + " %",
                    ProgressLine.duration(Math.max(
                            0, Duration.between(time(each, "created", now), now).toSeconds())),
                    text(each.path("request"), "text")));
        }
        if (page.has("next")) {
            out.line("More jobs: --cursor=" + text(page, "next"));
        }
        out.document(page);
    }

    /** Returns whether the job has not failed. */
    private boolean show(ServerConnection connection, JobReference reference) throws InterruptedException {
        JsonNode details = details(connection, reference);
        while (wait && !isEnd(details)) {
            out.progress().show(progress(details.path("job")));
            Thread.sleep(Duration.ofSeconds(1).toMillis());
            details = details(connection, reference);
        }
        JsonNode found = details.path("job");
        boolean failed = text(found, "state").equals("failed");
        out.line(
                failed ? Color.RED : Color.GREEN,
                text(found, "state"),
                "  " + text(found, "kind") + " " + text(found, "id") + ": " + text(found.path("request"), "text"));
        if (failed) {
            out.line(text(found, "failure"));
        } else if (!isEnd(details)) {
            out.line(progress(found));
        }
        if (details.path("waiting").has("text")) {
            out.line("Waits: " + text(details.path("waiting"), "text"));
        }
        for (JsonNode event : details.path("events")) {
            out.line(event(event));
        }
        out.document(details);
        return !failed;
    }

    private static JsonNode details(ServerConnection connection, JobReference reference) {
        return reference.with(
                connection, path -> connection.get(path + "/details").body());
    }

    private static boolean isEnd(JsonNode details) {
        return List.of("completed", "failed").contains(text(details.path("job"), "state"));
    }

    /** Such as {@code 37 %, 812 MB of 2.2 GB, 12 of 34 units, 3.3 MB/s, 6 min 55 s left}. */
    private String progress(JsonNode found) {
        JsonNode progress = found.path("progress");
        StringBuilder line = new StringBuilder();
        line.append(progress.path("percent").asInt(0)).append(" %, ");
        line.append(ProgressLine.size(found.path("doneBytes").asLong(0))).append(" of ");
        line.append(ProgressLine.size(found.path("totalBytes").asLong(0))).append(", ");
        line.append(found.path("unitsDone").asInt(0)).append(" of ");
        line.append(Plural.of(found.path("units").asInt(0), "unit"));
        if (progress.path("bytesPerSecond").isNumber()) {
            line.append(", ")
                    .append(ProgressLine.size(progress.path("bytesPerSecond").longValue()));
            line.append("/s");
        }
        Instant now = clock.instant();
        Duration left = Duration.between(now, time(progress, "end", now));
        if (!left.isNegative() && !left.isZero()) {
            line.append(", ").append(ProgressLine.duration(left.toSeconds())).append(" left");
        }
        return line.toString();
    }

    /** Such as {@code 2026-11-29T15:00:04Z  step failed (unit 3) by host:1, try 2: The storage is full.} */
    private static String event(JsonNode event) {
        StringBuilder line = new StringBuilder(text(event, "time"));
        line.append("  ").append(text(event, "change").replace('-', ' '));
        if (event.path("unit").isNumber()) {
            line.append(" (unit ").append(event.path("unit").asInt()).append(')');
        }
        if (event.path("process").isString()) {
            line.append(" by ").append(text(event, "process"));
        }
        if (event.path("tries").asInt(0) > 1) {
            line.append(", try ").append(event.path("tries").asInt());
        }
        String detail = text(event, "text");
        return detail.isEmpty()
                ? line.toString()
                : line.append(": ").append(detail).toString();
    }

    private static Instant time(JsonNode json, String name, Instant otherwise) {
        String time = text(json, name);
        return time.isEmpty() ? otherwise : Instant.parse(time);
    }

    private static String text(JsonNode json, String name) {
        return json.path(name).asString("");
    }
}
