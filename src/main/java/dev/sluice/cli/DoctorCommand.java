package dev.sluice.cli;

import dev.sluice.cli.TerminalOutput.Color;
import dev.sluice.doctor.Finding;
import dev.sluice.doctor.Finding.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;
import tools.jackson.databind.node.ArrayNode;

/** The command {@code doctor}: whether a server with these settings would work, and what to do if not. */
@Command(
        name = "doctor",
        customSynopsis = "sluice doctor [--<key>=<value> ...]",
        description = {
            "Checks settings, database, storage, certificate, tokens and disks, and says what to do.",
            "Changes nothing, but for a test file that it writes to the storage and removes.",
            "Keys are those of the server."
        },
        footer = {"", "Exit codes: 0 no problem, 1 a problem, 2 wrong arguments."})
public final class DoctorCommand implements Callable<Integer> {
    private final Examiner examiner;

    @Spec
    private CommandSpec spec;

    @Mixin
    private CommandOutput out = new CommandOutput();

    @Unmatched
    private List<String> settings = new ArrayList<>();

    /** Makes the checks. */
    public interface Examiner {
        /**
         * Reports each finding when it is known.
         *
         * @param settings those of the server, each {@code --key=value}
         */
        void examine(List<String> settings, Consumer<Finding> report);
    }

    DoctorCommand(Examiner examiner) {
        this.examiner = examiner;
    }

    /** Prints a line for each finding, and one for what to do; 0, or 1 if there is a problem. */
    @Override
    public Integer call() {
        ServerKeys.check(spec, settings);
        List<Finding> findings = new ArrayList<>();
        examiner.examine(settings, finding -> {
            findings.add(finding);
            print(finding);
        });
        long problems = count(findings, Level.PROBLEM);
        long warnings = count(findings, Level.WARNING);
        out.line("Problems: " + problems + ". Warnings: " + warnings + ".");
        out.document(json -> {
            json.put("problems", problems).put("warnings", warnings);
            ArrayNode list = json.putArray("findings");
            findings.forEach(finding -> list.addObject()
                    .put("level", finding.level().toString())
                    .put("topic", finding.topic().toString())
                    .put("text", finding.text())
                    .put("advice", finding.advice()));
        });
        return problems == 0 ? 0 : 1;
    }

    private void print(Finding finding) {
        String level = finding.level().toString();
        String rest = String.format(Locale.ROOT, " %-12s %s", finding.topic(), finding.text());
        out.line(color(finding.level()), level, " ".repeat(8 - level.length()) + rest);
        if (!finding.advice().isEmpty()) {
            out.line(" ".repeat(22) + finding.advice());
        }
    }

    private static Color color(Level level) {
        return level == Level.OK ? Color.GREEN : level == Level.PROBLEM ? Color.RED : Color.YELLOW;
    }

    private static long count(List<Finding> findings, Level level) {
        return findings.stream().filter(finding -> finding.level() == level).count();
    }
}
