package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** A program of this machine, such as curl. Tests are skipped, with a line on the error stream, where it is missing. */
public final class Program {
    private static final int MISSING = 127;
    private static final int SECONDS = 60;

    private Program() {}

    /** What the program writes to its standard output; fails if it does not end well. */
    public static byte[] run(String... command) {
        try {
            Path output = Files.createTempFile("sluice-test", ".out");
            Path errors = Files.createTempFile("sluice-test", ".err");
            try {
                Process process = new ProcessBuilder(command)
                        .redirectOutput(output.toFile())
                        .redirectError(errors.toFile())
                        .start();
                boolean ended = process.waitFor(SECONDS, TimeUnit.SECONDS);
                process.destroyForcibly();
                assertThat(ended).as("%s ends within %d s", command[0], SECONDS).isTrue();
                if (process.exitValue() == MISSING) { // by which scripts say that what they need is missing
                    skip(List.of(command) + " says that something is missing: " + Files.readString(errors));
                }
                assertThat(process.exitValue())
                        .as("%s: %s", List.of(command), Files.readString(errors))
                        .isZero();
                return Files.readAllBytes(output);
            } finally {
                Files.delete(output);
                Files.delete(errors);
            }
        } catch (IOException e) {
            if (isMissing(command[0])) {
                skip("there is no program " + command[0] + " (" + e.getMessage() + ")");
            }
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean isMissing(String program) {
        return program.contains("/")
                ? !Files.exists(Path.of(program))
                : List.of(System.getenv("PATH").split(":")).stream()
                        .noneMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    private static void skip(String why) {
        String message = "A test is SKIPPED: " + why + ".";
        System.err.println(message);
        Assumptions.abort(message);
    }
}
