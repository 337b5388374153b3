package dev.sluice.cli;

import dev.sluice.bulkclient.BulkClientException;
import dev.sluice.comparison.KeyHashIndex;
import dev.sluice.fhir.Suggestions;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.time.Clock;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command line of the jar. Each subcommand is a class of its own that is listed here; only {@code serve} starts the
 * server.
 *
 * <p>Exit codes: 0 the work is done, or what was to be shown is true; 1 the result is a no, such as a difference; 2 wrong
 * arguments, or something cannot be read or reached. Results go to the standard output, errors to the standard error.
 */
@Command(
        name = "sluice",
        scope = ScopeType.INHERIT,
        versionProvider = BuildVersion.class,
        synopsisHeading = "Usage:%n  ",
        descriptionHeading = "%n",
        parameterListHeading = "%n",
        sortOptions = false,
        sortSynopsis = false,
        exitCodeOnExecutionException = 2,
        usageHelpWidth = 120)
public final class SluiceCommand {
    static final String EXIT_CODES =
            "Exit codes: 0 the work is done, or what was to be shown is true; 1 the result is a no;"
                    + " 2 there is no result.";

    @SuppressWarnings("UnusedVariable") // picocli acts on it
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            hidden = true,
            scope = ScopeType.INHERIT)
    private boolean help;

    @SuppressWarnings("UnusedVariable") // picocli acts on it
    @Option(names = "--version", versionHelp = true, hidden = true, scope = ScopeType.INHERIT)
    private boolean version;

    /**
     * Runs the command that the arguments name, and ends the process with its exit code. If that command is {@code serve},
     * starts the server with its options instead.
     *
     * @param clients opens the database for the commands that need it
     * @param doctor makes the checks of the command {@code doctor}
     * @param worker runs steps of jobs for the command {@code work}
     * @param clock of this machine, for tokens that a client signs
     */
    public static void run(
            String[] args,
            Consumer<String[]> startServer,
            ClientAdministration.Opener clients,
            DoctorCommand.Examiner doctor,
            WorkCommand.Runner worker,
            Clock clock)
            throws IOException {
        if (args.length == 1 && args[0].equals("--help")) {
            printSavedHelp(System.out);
            return;
        }
        CommandLine commands = commandLine(clients, doctor, worker, clock);
        int exitCode = run(commands, args);
        if (exitCode == ServeCommand.START) {
            startServer.accept(serverOptions(commands));
        } else {
            System.exit(exitCode);
        }
    }

    /** Without memory, there is no result. The JVM would end with 1, which means that something differs. */
    private static int run(CommandLine commands, String[] args) {
        try {
            return execute(commands, args);
        } catch (OutOfMemoryError e) {
            commands.getErr().println("The memory does not suffice; give java more with -Xmx.");
            return 2;
        }
    }

    /** Prints what picocli writes for {@code --help}. To load picocli from the jar takes longer than all the rest of a start. */
    static void printSavedHelp(PrintStream out) throws IOException {
        try (InputStream help = SluiceCommand.class.getResourceAsStream("help.txt")) {
            Objects.requireNonNull(help).transferTo(out);
        }
    }

    static CommandLine commandLine(
            ClientAdministration.Opener clients,
            DoctorCommand.Examiner doctor,
            WorkCommand.Runner worker,
            Clock clock) {
        CommandLine commands = new CommandLine(new SluiceCommand())
                .addSubcommand(new ServeCommand())
                .addSubcommand(new WorkCommand(worker))
                .addSubcommand(new ExportCommand(clock))
                .addSubcommand(new ImportCommand(clock))
                .addSubcommand(new EstimateCommand(clock))
                .addSubcommand(new JobsCommand(clock));
        JobVerbCommand.addTo(commands, clock);
        commands.addSubcommand(new FeedCommand(clock))
                .addSubcommand(new VerifyCommand())
                .addSubcommand(new CompareCommand())
                .addSubcommand(new DoctorCommand(doctor))
                .addSubcommand(new ClientCommand(clients))
                .addSubcommand(new StopCommand(clients))
                .addSubcommand(new CompletionCommand());
        return commands.setOut(TerminalOutput.of(commands.getOut(), "out"))
                .setErr(TerminalOutput.of(commands.getErr(), "err"))
                .setColorScheme(Help.defaultColorScheme(Ansi.OFF))
                .setHelpFactory(CommandHelp::new)
                .setExpandAtFiles(false)
                .setPosixClusteredShortOptionsAllowed(false)
                .setParameterExceptionHandler((e, args) -> reject(e))
                .setExecutionExceptionHandler(SluiceCommand::fail);
    }

    /** No arguments, or options alone, mean {@code serve}. */
    static int execute(CommandLine commands, String... args) {
        boolean named = args.length > 0
                && (!args[0].startsWith("--")
                        || commands.getCommandSpec().optionsMap().containsKey(args[0]));
        return commands.execute(
                named
                        ? args
                        : Stream.concat(Stream.of("serve"), Arrays.stream(args)).toArray(String[]::new));
    }

    /** The arguments of {@code serve}, each {@code --key=value}. */
    static String[] serverOptions(CommandLine commands) {
        return commands.getParseResult().subcommand().unmatched().toArray(String[]::new);
    }

    private static int reject(ParameterException e) {
        CommandLine command = e.getCommandLine();
        command.getErr()
                .println(e instanceof UnmatchedArgumentException unmatched ? unknown(unmatched) : e.getMessage());
        command.usage(command.getErr());
        return 2;
    }

    private static String unknown(UnmatchedArgumentException e) {
        String name = e.getUnmatched().get(0);
        CommandLine command = e.getCommandLine();
        if (command.getParent() == null) {
            Set<String> commands = command.getSubcommands().keySet();
            String advice = Suggestions.advice(name, commands);
            return "There is no command '" + name + "'"
                    + (advice.isEmpty() ? "; the commands are " + String.join(", ", commands) + "." : advice);
        }
        String called = command.getCommandName();
        return name.startsWith("-")
                ? "The command " + called + " has no option '" + name + "'"
                        + nearestOption(command.getCommandSpec(), name)
                : "The command " + called + " takes no argument '" + name + "'.";
    }

    /** The end of a sentence about an option that does not exist. */
    static String nearestOption(CommandSpec command, String option) {
        String advice = Suggestions.advice(
                option.replaceFirst("=.*", ""), command.optionsMap().keySet());
        return advice.isEmpty() ? "." : advice;
    }

    private static int fail(Exception e, CommandLine command, ParseResult parsed) throws Exception {
        if (e instanceof CliException || e instanceof BulkClientException || e instanceof KeyHashIndex.FullException) {
            command.getErr().println(e.getMessage());
            return 2;
        }
        throw e;
    }
}
