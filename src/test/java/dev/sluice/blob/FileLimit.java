package dev.sluice.blob;

import java.io.IOException;
import org.junit.jupiter.api.Assumptions;

/** A disk that takes no more, for this process: no file may become larger. Linux has such a limit, others skip the test. */
public final class FileLimit implements AutoCloseable {
    private FileLimit() {}

    /** From now on, to write beyond this many bytes of a file fails as on a full disk. */
    public static FileLimit of(long bytes) throws IOException {
        Assumptions.assumeTrue(System.getProperty("os.name").equals("Linux"), "needs prlimit");
        set(Long.toString(bytes));
        return new FileLimit();
    }

    @Override
    public void close() throws IOException {
        set("unlimited");
    }

    private static void set(String soft) throws IOException {
        String self = Long.toString(ProcessHandle.current().pid());
        Process process = new ProcessBuilder("prlimit", "--pid", self, "--fsize=" + soft + ":")
                .inheritIO()
                .start();
        if (process.onExit().join().exitValue() != 0) {
            throw new IOException("prlimit ended with " + process.exitValue());
        }
    }
}
