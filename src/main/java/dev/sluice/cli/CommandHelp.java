package dev.sluice.cli;

import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi.Text;
import picocli.CommandLine.Model.CommandSpec;

/** Help as picocli writes it, with parameters before options. That of the program says how a command is called. */
final class CommandHelp extends Help {
    CommandHelp(CommandSpec command, ColorScheme colors) {
        super(command, colors);
    }

    @Override
    public String synopsis(int headingLength) {
        if (subcommands().isEmpty()) {
            return super.synopsis(headingLength);
        }
        String program = commandSpec().qualifiedName();
        return Stream.of("[serve] [--<key>=<value> ...]", "<command> [<arguments>]", "<command> --help", "--version")
                .map(arguments -> program + " " + arguments + System.lineSeparator())
                .collect(Collectors.joining(" ".repeat(headingLength)));
    }

    @Override
    protected String makeSynopsisFromParts(
            int headingLength, Text options, Text groups, Text endOfOptions, Text parameters, Text commands) {
        return insertSynopsisCommandName(headingLength, parameters.concat(options));
    }
}
