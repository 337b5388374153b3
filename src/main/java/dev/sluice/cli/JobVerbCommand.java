package dev.sluice.cli;

import dev.sluice.cli.ServerConnection.Answer;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ArrayNode;

/** The commands {@code cancel}, {@code pause}, {@code resume} and {@code prioritize}, one for each verb of a job. */
@Command(footer = {"", SluiceCommand.EXIT_CODES})
final class JobVerbCommand implements Callable<Integer> {
    private final Verb verb;

    @Mixin
    private final ServerOptions server;

    @Mixin
    private CommandOutput out = new CommandOutput();

    @Parameters(
            arity = "1..*",
            paramLabel = "<job>",
            description = "The id of an export or import, or the URL of its status.")
    private List<String> jobs = List.of();

    /** What is done to a job. */
    enum Verb {
        CANCEL("cancel", "Cancels jobs, or deletes finished ones: their files are deleted too.", "is cancelled"),
        PAUSE("pause", "Pauses jobs: no process works on them until they are resumed.", "is paused"),
        RESUME("resume", "Has paused jobs go on.", "goes on"),
        PRIORITIZE(
                "prioritize", "Has jobs run before or after those of others; for administrators.", "has this priority");

        private final String command;
        private final String description;
        private final String done;

        Verb(String command, String description, String done) {
            this.command = command;
            this.description = description;
            this.done = done;
        }

        private HttpRequest request(ServerConnection server, String path, String query) {
            return this == CANCEL
                    ? server.request(path).DELETE().build()
                    : server.request(path + "/$" + command + query)
                            .POST(BodyPublishers.noBody())
                            .build();
        }
    }

    private static final String PRIORITY = "--priority";

    @Spec
    private CommandSpec spec;

    private record Done(String job, boolean changed) {}

    private JobVerbCommand(Verb verb, Clock clock) {
        this.verb = verb;
        this.server = new ServerOptions(clock);
    }

    static CommandLine of(Verb verb, Clock clock) {
        CommandLine command = new CommandLine(new JobVerbCommand(verb, clock));
        command.getCommandSpec().name(verb.command).usageMessage().description(verb.description);
        if (verb == Verb.PRIORITIZE) {
            command.getCommandSpec()
                    .addOption(OptionSpec.builder(PRIORITY)
                            .paramLabel("low|normal|high")
                            .type(String.class)
                            .required(true)
                            .description("The priority.")
                            .build());
        }
        return command;
    }

    static void addTo(CommandLine commands, Clock clock) {
        for (Verb verb : Verb.values()) {
            commands.addSubcommand(of(verb, clock));
        }
    }

    /** Prints a line for each job; what is so already counts as done. */
    @Override
    public Integer call() {
        List<JobReference> references = jobs.stream().map(JobReference::new).toList();
        ServerConnection connection = server.connect(out);
        String query = verb == Verb.PRIORITIZE
                ? ServerConnection.query(ServerConnection.parameter(
                        "priority", spec.findOption(PRIORITY).getValue()))
                : "";
        List<Done> done = new ArrayList<>();
        for (JobReference job : references) {
            Answer answer = job.with(connection, path -> connection.send(verb.request(connection, path, query), true));
            boolean changed = answer.status() == 202;
            done.add(new Done(job.toString(), changed));
            out.line("The job " + job + " " + verb.done + (changed ? "." : " already."));
        }
        out.document(json -> {
            ArrayNode list = json.putArray("jobs");
            done.forEach(each -> list.addObject()
                    .put("job", each.job())
                    .put("action", verb.command)
                    .put("changed", each.changed()));
        });
        return 0;
    }
}
