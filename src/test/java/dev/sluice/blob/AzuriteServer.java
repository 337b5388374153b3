package dev.sluice.blob;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.util.FileSystemUtils;

/**
 * Azurite, Microsoft's emulator of Azure Blob Storage, as a process of its own on a free port of this machine.
 *
 * <p>Tests are skipped, with a line on the error stream, where Node.js is missing; where Node.js is there and Azurite does
 * not start, they fail. A process ends with {@link #close}, with the JVM that started it, and when that one is killed.
 */
public final class AzuriteServer implements AutoCloseable {
    /** The name and key that every Azurite has; they are published, and open nothing else. */
    private static final String ACCOUNT = "devstoreaccount1";

    private static final String KEY =
            "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private static final Pattern LISTENS = Pattern.compile("successfully listens on (http://127\\.0\\.0\\.1:\\d+)");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Process process;
    private final Path data;
    private final String endpoint;

    private AzuriteServer(Process process, Path data, String address) {
        this.process = process;
        this.data = data;
        this.endpoint = address + "/" + ACCOUNT;
        Runtime.getRuntime().addShutdownHook(new Thread(this::close));
    }

    /** The one that all tests of this JVM share; give every test containers of its own. */
    public static AzuriteServer shared() {
        AzuriteInstallation.requireNode();
        return Shared.SERVER;
    }

    /** One more, for a test that stops it. */
    public static AzuriteServer start() {
        AzuriteInstallation.requireNode();
        try {
            Path installation = AzuriteInstallation.folder();
            Path data = Files.createTempDirectory(Path.of("target"), "azurite-data");
            Path log = data.resolve("azurite.log");
            Process process = new ProcessBuilder(command(installation, data))
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            return new AzuriteServer(process, data, address(process, log));
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    /** With the account key. */
    public String connectionString() {
        return connectionString(KEY);
    }

    /** With any key, also a wrong one. */
    String connectionString(String key) {
        return connectionString(key, endpoint);
    }

    private static String connectionString(String key, String endpoint) {
        return "DefaultEndpointsProtocol=http;AccountName=" + ACCOUNT + ";AccountKey=" + key + ";BlobEndpoint="
                + endpoint + ";";
    }

    /** Of an Azurite, or of something before it, that is reached at this URL. */
    static String connectionStringOf(String endpoint) {
        return connectionString(KEY, endpoint);
    }

    /** URL of the account, which with Azurite has a path. */
    String endpoint() {
        return endpoint;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
            FileSystemUtils.deleteRecursively(data);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    private static List<String> command(Path installation, Path data) {
        return List.of(
                "node",
                "--require",
                installation.resolve("end-with-parent.js").toAbsolutePath().toString(),
                installation
                        .resolve("node_modules/azurite/dist/src/blob/main.js")
                        .toString(),
                "--silent",
                "--skipApiVersionCheck",
                "--disableTelemetry",
                "--blobPort",
                "0",
                "--location",
                data.toString());
    }

    /** Azurite takes any free port and says which. */
    private static String address(Process process, Path log) throws IOException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            Matcher said = LISTENS.matcher(Files.readString(log));
            if (said.find()) {
                return said.group(1);
            }
            if (!process.isAlive()) {
                break;
            }
            pause();
        }
        process.destroyForcibly();
        throw new IllegalStateException("Azurite did not start: " + Files.readString(log));
    }

    private static void pause() {
        try {
            Thread.sleep(50);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    private static final class Shared {
        static final AzuriteServer SERVER = start();
    }
}
