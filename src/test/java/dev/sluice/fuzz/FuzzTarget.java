package dev.sluice.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What Jazzer calls with its inputs. It finds these methods by their names.
 *
 * @see <a href="https://github.com/CodeIntelligenceTesting/jazzer">Jazzer</a>
 */
public final class FuzzTarget {
    /** So much more heap after an hour is no leak, since caches fill. */
    private static final long GROWTH = 64 << 20;

    private static final Door DOOR = Door.valueOf(System.getProperty("fuzz.door"));
    private static final Path RESULT = Path.of(System.getProperty("fuzz.result"));
    private static final FuzzServer SERVER =
            new FuzzServer("--sluice.home=" + RESULT.resolveSibling("home-" + DOOR.folder()));

    private FuzzTarget() {}

    /** Called before the time runs: the server starts with this class. */
    public static void fuzzerInitialize() {}

    /** Tries one input. */
    public static void fuzzerTestOneInput(byte[] data) throws IOException, InterruptedException {
        SERVER.send(DOOR, data);
    }

    /** Called while the process ends; its database may be gone. */
    public static void fuzzerTearDown() throws IOException {
        Files.writeString(RESULT, SERVER.summary());
        if (SERVER.growth() > GROWTH) {
            throw new AssertionError("The heap grows: " + SERVER.summary());
        }
    }
}
