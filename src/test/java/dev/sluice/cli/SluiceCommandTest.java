package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is no command must not start a server, which somebody may take for the command that goes on. */
class SluiceCommandTest {
    @ParameterizedTest
    @ValueSource(strings = {"verfy", "exports-all", "help", "-v", "Verify", "serve8080"})
    void unknownCommandIsAnError(String name) {
        CommandRun run = CommandRun.run(name, "--server.port=0");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("There is no command '" + name + "'").contains("Usage:", "compare");
    }

    @Test
    void misspeltCommandIsAnsweredWithTheNearestName() {
        assertThat(CommandRun.run("verfy").err()).startsWith("There is no command 'verfy'; did you mean 'verify'?");
    }

    @Test
    void misspeltOptionIsAnsweredWithTheNearestName() {
        assertThat(CommandRun.run("verify", "export", "--tokenfile=t").err())
                .startsWith("The command verify has no option '--tokenfile=t'; did you mean '--token-file'?");
        assertThat(CommandRun.run("stop", "--yess").err()).contains("did you mean '--yes'?");
        assertThat(CommandRun.run("verify", "export", "other").err())
                .startsWith("The command verify takes no argument 'other'.");
    }

    @Test
    void optionsAloneOrAfterServeAreTheServers() {
        assertThat(CommandRun.run().exitCode()).isEqualTo(CommandRun.SERVER);
        assertThat(CommandRun.run("--server.port=0", "--debug").exitCode()).isEqualTo(CommandRun.SERVER);
        assertThat(CommandRun.run("serve", "--server.port=0").exitCode()).isEqualTo(CommandRun.SERVER);
        assertThat(CommandRun.run("serve", "--server.port=0").serverOptions()).containsExactly("--server.port=0");
        assertThat(CommandRun.run("--server.port=0", "--debug").serverOptions())
                .containsExactly("--server.port=0", "--debug");
        assertThat(CommandRun.run().serverOptions()).isEmpty();
    }

    @Test
    void serverTakesNothingButOptions() {
        for (List<String> args : List.of(List.of("serve", "--server.port", "8081"), List.of("--server.port", "8081"))) {
            CommandRun run = CommandRun.run(args.toArray());

            assertThat(run.exitCode()).isEqualTo(2);
            assertThat(run.err())
                    .startsWith("'8081' is no option of the server")
                    .contains("--server.port=8081");
        }
    }

    @Test
    void helpIsAnAnswerAndNoError() {
        assertThat(CommandRun.run("--help").out()).contains("[serve]", "verify", "compare", "--version");
        assertThat(CommandRun.run("-h")).isEqualTo(CommandRun.run("--help"));
        assertThat(CommandRun.run("--help"))
                .extracting(CommandRun::exitCode, CommandRun::err)
                .containsExactly(0, "");
    }

    /** If this fails, copy what picocli writes to the file. */
    @Test
    void savedHelpIsWhatPicocliWrites() throws IOException {
        ByteArrayOutputStream saved = new ByteArrayOutputStream();

        SluiceCommand.printSavedHelp(new PrintStream(saved, true, StandardCharsets.UTF_8));

        assertThat(saved.toString(StandardCharsets.UTF_8))
                .isEqualToNormalizingNewlines(CommandRun.run("--help").out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"serve", "verify", "compare", "client", "stop", "doctor", "export"})
    void eachCommandHasHelpOfItsOwn(String command) {
        CommandRun run = CommandRun.run(command, "--help");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).startsWith("Usage:\n  sluice ").contains(command);
        assertThat(run.out().lines().filter(line -> line.contains("  sluice "))).hasSize(1);
    }

    @Test
    void versionNamesSluiceAndJava() {
        CommandRun run = CommandRun.run("--version");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).matches("Sluice .+ \\(Java " + Runtime.version().feature() + ".*\\)\\R");
    }
}
