package dev.sluice.cli;

import dev.sluice.bulkclient.BulkRequest;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The command {@code estimate}: how large an export would be. */
@Command(
        name = "estimate",
        description = "Asks a server of Sluice how large an export would be, and how long it would take.",
        footer = {"", SluiceCommand.EXIT_CODES})
final class EstimateCommand implements Callable<Integer> {
    private static final List<String> NUMBERS = List.of("count", "bytes", "files", "seconds");

    @Mixin
    private final ServerOptions server;

    @Mixin
    private CommandOutput out = new CommandOutput();

    @Mixin
    private ExportRequestOptions what = new ExportRequestOptions();

    EstimateCommand(Clock clock) {
        this.server = new ServerOptions(clock);
    }

    /** Prints a line for each type, and the sum. */
    @Override
    public Integer call() {
        ServerConnection connection = server.connect(out);
        BulkRequest export =
                what.since() == null ? what.request() : what.request().since(what.since());
        JsonNode answer =
                connection.send(export.estimate(connection.base()), true).body();
        List<ObjectNode> types = new ArrayList<>();
        ObjectNode total = CommandOutput.object();
        List<JsonNode> others = new ArrayList<>();
        for (JsonNode parameter : answer.path("parameter")) {
            switch (parameter.path("name").asString("")) {
                case "output" -> types.add(parts(parameter));
                case "total" -> total = parts(parameter);
                default -> others.add(parameter);
            }
        }
        types.forEach(this::print);
        print(total.put("type", "total"));
        total.remove("type");
        if (total.has("seconds")) {
            out.line("It would take about "
                    + ProgressLine.duration(total.path("seconds").asLong(0)) + ".");
        }
        others.forEach(other -> out.line(other.path("name").asString("") + ": " + rest(other)));
        ObjectNode document = CommandOutput.object();
        types.forEach(document.putArray("types")::add);
        document.set("total", total);
        others.forEach(document.putArray("others")::add);
        out.document(document);
        return 0;
    }

    /** The parts of a parameter as properties. */
    private static ObjectNode parts(JsonNode parameter) {
        ObjectNode parts = CommandOutput.object();
        for (JsonNode part : parameter.path("part")) {
            String name = part.path("name").asString("");
            if (NUMBERS.contains(name)) {
                parts.put(name, part.path("valueDecimal").asLong(0));
            } else {
                parts.set(name, part.has("valueCode") ? part.path("valueCode") : part.path("valueBoolean"));
            }
        }
        return parts;
    }

    private void print(ObjectNode sizes) {
        long lines = sizes.path("count").asLong(0);
        long files = sizes.path("files").asLong(0);
        out.line(String.format(
                Locale.ROOT,
                "%-24s %12d %-5s  %10s  %5d %s%s",
                sizes.path("type").asString(""),
                lines,
                lines == 1 ? "line" : "lines",
                ProgressLine.size(sizes.path("bytes").asLong(0)),
                files,
                files == 1 ? "file" : "files",
                sizes.path("exact").asBoolean(true) ? "" : ", from samples"));
    }

    /** What else the server says, such as of rules for de-identification: values as they are. */
    private static String rest(JsonNode parameter) {
        if (parameter.has("valueString")) {
            return parameter.path("valueString").asString("");
        }
        List<String> parts = new ArrayList<>();
        for (JsonNode part : parameter.path("part")) {
            part.properties().stream()
                    .filter(property -> property.getKey().startsWith("value"))
                    .forEach(property -> parts.add(part.path("name").asString("") + " "
                            + property.getValue().asString("")));
        }
        return String.join("; ", parts);
    }
}
