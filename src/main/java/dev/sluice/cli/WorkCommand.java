package dev.sluice.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.Unmatched;

/** The command {@code work}: runs steps of the jobs in the database of the servers, without a web server. */
@Command(
        name = "work",
        customSynopsis = "sluice work [--until-idle] [--units=<number>] [--max-time=<time>] [--<key>=<value> ...]",
        description = {
            "Runs exports and imports that servers have accepted, without a web server, until it is stopped.",
            "Keys are those of the server; spring.datasource.url is needed."
        },
        footer = {
            "",
            "Exit codes: 0 the work is done; 1 an error of the program; 2 wrong arguments or settings; 3 the database cannot be",
            "used; 4 the tables are not those of this version; 130 and 143 it was stopped, and has handed its units back."
        })
public final class WorkCommand implements Callable<Integer> {
    /**
     * When a worker ends.
     *
     * @param untilIdle as soon as no step waits
     * @param units after this number of units; null = any number
     * @param maxTime after this time; null = never
     */
    public record Limits(
            boolean untilIdle,
            @Nullable Integer units,
            @Nullable Duration maxTime) {}

    /** Runs steps of jobs in this process. */
    public interface Runner {
        /** Runs until a limit is reached, with the settings of the server, each {@code --key=value}; returns the exit code. */
        int run(Limits limits, List<String> settings);
    }

    private final Runner runner;

    @Spec
    private CommandSpec spec;

    @Option(names = "--until-idle", description = "Ends when no unit, plan or end of a job waits.")
    private boolean untilIdle;

    @Option(names = "--units", paramLabel = "<number>", description = "Ends after this number of units.")
    private @Nullable Integer units;

    @Option(
            names = "--max-time",
            paramLabel = "<time>",
            converter = TimeConverter.class,
            description = "Ends after this time, such as 90s, 55m or 2h; units that run then are handed back.")
    private @Nullable Duration maxTime;

    @Unmatched
    private List<String> settings = new ArrayList<>();

    WorkCommand(Runner runner) {
        this.runner = runner;
    }

    /** The exit codes are those of the footer. */
    @Override
    public Integer call() {
        ServerKeys.check(spec, settings);
        if (units != null && units < 1) {
            throw new ParameterException(spec.commandLine(), "--units is " + units + "; it must be 1 or more.");
        }
        return runner.run(new Limits(untilIdle, units, maxTime), settings);
    }

    /** Reads a time as the settings of the server have it. */
    private static final class TimeConverter implements ITypeConverter<Duration> {
        private static final Pattern TIME = Pattern.compile("(\\d{1,9})(s|m|h|d)");

        @Override
        public Duration convert(String text) {
            Matcher time = TIME.matcher(text);
            if (!time.matches()) {
                throw new TypeConversionException("'" + text + "' is no time with its unit, such as 90s, 55m or 2h");
            }
            long number = Long.parseLong(time.group(1));
            return switch (time.group(2)) {
                case "s" -> Duration.ofSeconds(number);
                case "m" -> Duration.ofMinutes(number);
                case "h" -> Duration.ofHours(number);
                default -> Duration.ofDays(number);
            };
        }
    }
}
