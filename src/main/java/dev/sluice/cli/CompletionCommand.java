package dev.sluice.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code completion}: prints a script by which a shell completes commands and options. */
@Command(
        name = "completion",
        description = {
            "Prints a script by which bash or zsh completes commands and options.",
            "To use it, add this line to ~/.bashrc or ~/.zshrc:  source <(sluice completion bash)"
        })
final class CompletionCommand implements Callable<Integer> {
    /** Shells for which there is a script. That for bash has zsh do what bash does. */
    private enum Shell {
        bash,
        zsh
    }

    @Spec
    private CommandSpec spec;

    @SuppressWarnings("UnusedVariable") // both have the same script
    @Parameters(paramLabel = "bash|zsh", description = "The shell.")
    private @Nullable Shell shell;

    /** Prints the script, whose lines are no text of others. */
    @Override
    public Integer call() {
        String program = spec.root().name();
        AutoComplete.bash(program, spec.root().commandLine())
                .lines()
                .forEach(spec.commandLine().getOut()::println);
        return 0;
    }
}
