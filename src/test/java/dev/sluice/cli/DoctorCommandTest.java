package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.doctor.Finding;
import dev.sluice.doctor.Topic;
import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class DoctorCommandTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @Test
    void eachFindingIsALineAndWhatToDoAnotherOne() {
        int exitCode = run(
                Finding.ok(Topic.SETTINGS, "All is well."),
                Finding.problem(Topic.DATABASE, "It is away.", "Start it."),
                Finding.skipped(Topic.CLOCK, "Not checked."));

        assertThat(exitCode).isEqualTo(1);
        assertThat(out.toString(StandardCharsets.UTF_8).lines())
                .containsExactly(
                        "ok       settings     All is well.",
                        "problem  database     It is away.",
                        "                      Start it.",
                        "skipped  clock        Not checked.",
                        "Problems: 1. Warnings: 0.");
    }

    @Test
    void warningIsNoProblem() {
        assertThat(run(Finding.warning(Topic.CLOCK, "Late.", "Wait."))).isZero();
    }

    @Test
    void wrongUseIsTwo() {
        CommandRun run = CommandRun.run("doctor", "--exprt.workers=1");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("'--exprt.workers=1' is no option of the command doctor");
        assertThat(CommandRun.run("doctor", "storage").exitCode()).isEqualTo(2);
        assertThat(CommandRun.run("doctor", "--server.ssl.enabled=false").exitCode())
                .isZero();
    }

    private int run(Finding... findings) {
        CommandLine commands = SluiceCommand.commandLine(
                settings -> {
                    throw new IllegalStateException("There is no database");
                },
                (settings, report) -> List.of(findings).forEach(report),
                (limits, settings) -> 0,
                Clock.systemUTC());
        commands.setOut(new TerminalOutput(new PrintWriter(out, true, StandardCharsets.UTF_8)));
        return SluiceCommand.execute(commands, "doctor");
    }
}
