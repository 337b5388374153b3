package dev.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.IntegrationTest;
import dev.sluice.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bash itself completes, with the script that is printed. */
@IntegrationTest
class CompletionCommandTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "sluice ver, verify",
        "./sluice verify --t, --token-file",
        "sluice compare --token-file-, '--token-file-a --token-file-b'",
        "sluice completion z, zsh",
    })
    void bashCompletesCommandsOptionsAndValues(String typed, String completed) throws IOException {
        Path script = Files.writeString(
                folder.resolve("completion.bash"),
                CommandRun.run("completion", "bash").out());
        String complete = """
                compopt() { :; } # for use by an interactive shell only
                source "$1"; shift
                COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
                _complete_sluice
                echo "${COMPREPLY[@]}"
                """;
        String[] words = typed.split(" ", -1);
        String[] command = new String[words.length + 5];
        System.arraycopy(new String[] {"bash", "-ec", complete, "bash", script.toString()}, 0, command, 0, 5);
        System.arraycopy(words, 0, command, 5, words.length);

        assertThat(new String(Program.run(command), UTF_8).strip()).isEqualTo(completed);
    }

    @Test
    void shellWithoutAScriptIsRefused() {
        CommandRun run = CommandRun.run("completion", "fish");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("'fish'", "[bash, zsh]");
    }
}
