package dev.sluice.cli;

import dev.sluice.cli.TerminalOutput.Color;
import dev.sluice.fhir.FhirJson;
import java.util.function.Consumer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a command prints to the standard output: lines for people, or one JSON document with {@code --json}. What is not the
 * result, such as progress, goes to the standard error.
 */
final class CommandOutput {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(names = "--json", description = "Print the result as one line of JSON.")
    private boolean json;

    boolean isJson() {
        return json;
    }

    /** An empty object of JSON. */
    static ObjectNode object() {
        return FhirJson.MAPPER.createObjectNode();
    }

    /** A line for people. */
    void line(Object line) {
        if (!json) {
            progress().show("");
            out().println(line);
        }
    }

    /** A line for people, whose first word has a colour on a terminal. */
    void line(Color color, String word, String rest) {
        if (!json) {
            progress().show("");
            out().println(color, word, rest);
        }
    }

    /** The whole result for programs. */
    void document(Consumer<ObjectNode> content) {
        if (json) {
            ObjectNode document = object();
            content.accept(document);
            document(document);
        }
    }

    /** The whole result for programs. */
    void document(JsonNode document) {
        if (json) {
            progress().show("");
            out().println(document.toString());
        }
    }

    /** Something that is not the result, such as a warning. */
    void note(String sentence) {
        progress().show("");
        progress().println(sentence);
    }

    /** Where progress is shown. */
    TerminalOutput progress() {
        return (TerminalOutput) command.commandLine().getErr();
    }

    private TerminalOutput out() {
        return (TerminalOutput) command.commandLine().getOut();
    }
}
