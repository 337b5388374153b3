package dev.sluice.cli;

import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi.Text;
import picocli.CommandLine.Model.CommandSpec;

/** Help as picocli writes it, with parameters before options, and with the synopses of all commands for the jar itself. */
final class CommandHelp extends Help {
    CommandHelp(CommandSpec command, ColorScheme colors) {
        super(command, colors);
    }

    @Override
    public String synopsis(int headingLength) {
        if (subcommands().isEmpty()) {
            return super.synopsis(headingLength);
        }
        String jar = commandSpec().qualifiedName();
        String end = System.lineSeparator();
        return Stream.concat(
                        subcommands().values().stream().map(command -> command.synopsis(headingLength)),
                        Stream.of(jar + " [<command>] --help" + end, jar + " --version" + end))
                .collect(Collectors.joining(" ".repeat(headingLength)));
    }

    @Override
    protected String makeSynopsisFromParts(
            int headingLength, Text options, Text groups, Text endOfOptions, Text parameters, Text commands) {
        return insertSynopsisCommandName(headingLength, parameters.concat(options));
    }
}
