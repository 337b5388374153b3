package dev.sluice.blob;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** Azurite in {@code target/azurite}: installed by npm at the first test that asks for it, from the lock file. */
final class AzuriteInstallation {
    private static final Path SOURCES = Path.of("src", "test", "azurite");
    private static final Path FOLDER = Path.of("target", "azurite");
    private static final List<String> FILES = List.of("package.json", "package-lock.json", "end-with-parent.js");

    private AzuriteInstallation() {}

    /** Skips the test where there is no Node.js. */
    static void requireNode() {
        try {
            new ProcessBuilder("node", "--version").start().waitFor();
        } catch (IOException missing) {
            String message = "Tests against Azurite are SKIPPED: there is no Node.js on the path (" + missing + ").";
            System.err.println(message);
            Assumptions.abort(message);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    /** Installs at most once for a lock file, also when several builds run in the same folder. */
    static synchronized Path folder() throws IOException {
        Files.createDirectories(FOLDER);
        Path stamp = FOLDER.resolve("installed-lock.json");
        Path mutex = FOLDER.resolve(".lock");
        try (FileChannel channel = FileChannel.open(mutex, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.lock(); // until the channel is closed
            for (String file : FILES) {
                Files.copy(SOURCES.resolve(file), FOLDER.resolve(file), StandardCopyOption.REPLACE_EXISTING);
            }
            Path wanted = FOLDER.resolve("package-lock.json");
            if (!Files.exists(stamp) || Files.mismatch(stamp, wanted) >= 0) {
                install();
                Files.copy(wanted, stamp, StandardCopyOption.REPLACE_EXISTING);
            }
            return FOLDER;
        }
    }

    private static void install() throws IOException {
        String npm = System.getProperty("os.name").startsWith("Windows") ? "npm.cmd" : "npm";
        Path log = FOLDER.resolve("npm.log");
        Process process = new ProcessBuilder(npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
                .directory(FOLDER.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            if (process.waitFor() != 0) {
                throw new IllegalStateException("npm could not install Azurite: " + Files.readString(log));
            }
        } catch (InterruptedException interrupted) {
            process.destroy();
            throw new IllegalStateException(interrupted);
        }
    }
}
