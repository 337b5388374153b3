package dev.sluice.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import picocli.CommandLine;

/** Runs a command and keeps what it prints. */
record CommandRun(int exitCode, String out, String err, List<String> serverOptions) {
    /** In the place of an exit code: the server would start. */
    static final int SERVER = ServeCommand.START;

    /** The command line without a database. */
    static CommandLine commandLine() {
        return SluiceCommand.commandLine(
                settings -> {
                    throw new IllegalStateException("There is no database");
                },
                (settings, report) -> {},
                (limits, settings) -> 0,
                Clock.systemUTC());
    }

    static CommandRun run(Object... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        String[] texts = new String[args.length];
        for (int i = 0; i < args.length; i++) {
            texts[i] = args[i].toString();
        }
        CommandLine commands = commandLine()
                .setOut(new TerminalOutput(new PrintWriter(out, true, StandardCharsets.UTF_8)))
                .setErr(new TerminalOutput(new PrintWriter(err, true, StandardCharsets.UTF_8)));
        int exitCode = SluiceCommand.execute(commands, texts);
        return new CommandRun(
                exitCode,
                out.toString(StandardCharsets.UTF_8),
                err.toString(StandardCharsets.UTF_8),
                exitCode == SERVER ? List.of(SluiceCommand.serverOptions(commands)) : List.of());
    }
}
