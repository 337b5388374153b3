package dev.sluice.cli;

import dev.sluice.doctor.Finding;
import dev.sluice.doctor.Finding.Level;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

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
        PrintWriter out = spec.commandLine().getOut();
        List<Level> levels = new ArrayList<>();
        examiner.examine(settings, finding -> {
            levels.add(finding.level());
            out.println(String.format(Locale.ROOT, "%-8s %-12s %s", finding.level(), finding.topic(), finding.text()));
            if (!finding.advice().isEmpty()) {
                out.println(" ".repeat(22) + finding.advice());
            }
        });
        long problems = levels.stream().filter(Level.PROBLEM::equals).count();
        long warnings = levels.stream().filter(Level.WARNING::equals).count();
        out.println("Problems: " + problems + ". Warnings: " + warnings + ".");
        return problems == 0 ? 0 : 1;
    }
}
