package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is no command must not start a server, which somebody may take for the command that goes on. */
class CommandsTest {
    @ParameterizedTest
    @ValueSource(strings = {"verfy", "export", "help", "-v", "Verify", "serve8080"})
    void unknownCommandIsAnError(String name) {
        CommandLine run = CommandLine.run(name, "--server.port=0");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("There is no command '" + name + "'").contains("Usage:", "compare <A> <B>");
    }

    @Test
    void misspeltCommandIsAnsweredWithTheNearestName() {
        assertThat(CommandLine.run("verfy").err()).startsWith("There is no command 'verfy'; did you mean 'verify'?");
    }

    @Test
    void optionsAloneOrAfterServeAreTheServers() {
        assertThat(CommandLine.run().exitCode()).isEqualTo(CommandLine.SERVER);
        assertThat(CommandLine.run("--server.port=0", "--debug").exitCode()).isEqualTo(CommandLine.SERVER);
        assertThat(CommandLine.run("serve", "--server.port=0").exitCode()).isEqualTo(CommandLine.SERVER);
        assertThat(Commands.serverOptions("serve", "--server.port=0")).containsExactly("--server.port=0");
        assertThat(Commands.serverOptions("--server.port=0")).containsExactly("--server.port=0");
        assertThat(Commands.serverOptions()).isEmpty();
    }

    @Test
    void serverTakesNothingButOptions() {
        for (List<String> args : List.of(List.of("serve", "--server.port", "8081"), List.of("--server.port", "8081"))) {
            CommandLine run = CommandLine.run(args.toArray());

            assertThat(run.exitCode()).isEqualTo(2);
            assertThat(run.err())
                    .startsWith("'8081' is no option of the server")
                    .contains("--server.port=8081");
        }
    }

    @Test
    void helpIsAnAnswerAndNoError() {
        assertThat(CommandLine.run("--help").out())
                .contains("[serve]", "verify <export>", "compare <A> <B>", "--version");
        assertThat(CommandLine.run("-h")).isEqualTo(CommandLine.run("--help"));
        assertThat(CommandLine.run("--help"))
                .extracting(CommandLine::exitCode, CommandLine::err)
                .containsExactly(0, "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"serve", "verify", "compare"})
    void eachCommandHasHelpOfItsOwn(String command) {
        CommandLine run = CommandLine.run(command, "--help");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).startsWith("Usage:\n  java -jar sluice.jar ").contains(command);
        assertThat(run.out().lines().filter(line -> line.contains("java -jar"))).hasSize(1);
    }

    @Test
    void versionNamesSluiceAndJava() {
        CommandLine run = CommandLine.run("--version");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).matches("Sluice .+ \\(Java " + Runtime.version().feature() + ".*\\)\\R");
    }
}
