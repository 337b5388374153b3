package dev.sluice.bulkclient;

import dev.sluice.fhir.FhirJson;
import dev.sluice.files.PrivateFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ObjectNode;

/**
 * The folder of an export: its files, and a file with what the command needs to go on after it was killed at any time. A
 * file is complete if it has its name; until then it is a {@link PartialFile}. Only one process uses a folder at a time.
 */
public final class ExportFolder implements AutoCloseable {
    /** What {@code verify} reads. */
    static final String MANIFEST = "manifest.json";

    private static final String STATE = ".sluice-export.json";
    private static final String LOCK = ".sluice-export.lock";

    /** What this class writes, and people do not. */
    private static final String OWN =
            "(?i).*" + FileNames.ENDING + "(\\.(part|etag|etag\\.new|plain|wrong))?|manifest\\.json(\\.new)?";

    private final Path folder;
    private final FileChannel lock;
    private boolean cancelled;

    /**
     * How far an export is.
     *
     * @param server its FHIR base
     * @param request the path and the parameters, without {@code _since}
     * @param since of the request; null = everything
     * @param job the URL of its status; null = the server has not accepted it yet
     * @param transactionTime null until the manifest has arrived
     * @param complete whether all files are there
     */
    public record State(
            String server,
            String request,
            @Nullable String since,
            @Nullable String job,
            @Nullable String transactionTime,
            boolean complete) {
        State accepted(String url) {
            return new State(server, request, since, url, null, false);
        }

        State completed(String time) {
            return new State(server, request, since, job, time, true);
        }
    }

    private ExportFolder(Path folder, FileChannel lock) {
        this.folder = folder;
        this.lock = lock;
    }

    /** Creates the folder if it does not exist; throws a sentence if it is in use, or holds anything else. */
    public static ExportFolder open(Path folder) {
        try {
            PrivateFiles.createFolders(folder);
            boolean known = Files.exists(folder.resolve(STATE)) || Files.exists(folder.resolve(LOCK));
            if (!known && !isEmpty(folder)) {
                throw BulkClientException.failed("The folder " + folder
                        + " is not empty, and holds no export that this command has begun; name another folder.");
            }
            return new ExportFolder(folder, locked(folder));
        } catch (IOException e) {
            throw unwritable(folder, e);
        }
    }

    /** The exception for a folder that cannot be written. */
    static BulkClientException unwritable(Path path, IOException e) {
        return BulkClientException.failed(path + " cannot be written: "
                + (e.getMessage() == null || e.getMessage().equals(path.toString())
                        ? e.getClass().getSimpleName()
                        : e.getMessage())
                + ".");
    }

    public Path path() {
        return folder;
    }

    /** What an earlier run has left; empty if it has not begun. */
    public Optional<State> state() {
        try {
            return Optional.of(FhirJson.MAPPER.readValue(Files.readString(folder.resolve(STATE)), State.class));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException | JacksonException e) {
            throw BulkClientException.failed(
                    "The file " + folder.resolve(STATE) + " cannot be read; delete the folder to begin again.");
        }
    }

    /**
     * Begins to cancel the export, which cannot become complete from now on. For use by any thread.
     *
     * @return false if the export is complete: then it must stay
     */
    public synchronized boolean cancel() {
        cancelled = state().filter(State::complete).isEmpty();
        return cancelled;
    }

    /** Throws if another thread cancels the export. */
    synchronized void record(State state) {
        if (cancelled) {
            throw BulkClientException.failed("The export is cancelled.");
        }
        replace(folder.resolve(STATE), FhirJson.MAPPER.writeValueAsString(state));
    }

    /** Removes what earlier runs have written, so that the export begins again. */
    public void clear() {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> own = files.filter(file -> file.getFileName().toString().matches(OWN))
                    .toList();
            for (Path file : own) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(folder.resolve(STATE));
        } catch (IOException e) {
            throw unwritable(folder, e);
        }
    }

    Path file(String name) {
        return folder.resolve(name);
    }

    /** Writes the manifest of the files, whose URLs are their names. */
    void writeManifest(ObjectNode manifest) {
        replace(folder.resolve(MANIFEST), manifest.toPrettyString());
    }

    /** Replaces a file by another content; whenever the process is killed, it has the old or the new one. */
    static void replace(Path file, String text) {
        Path draft = file.resolveSibling(file.getFileName() + ".new");
        try {
            write(draft, text);
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    private static void write(Path file, String text) throws IOException {
        try (FileChannel channel = PrivateFiles.open(
                file, StandardOpenOption.WRITE, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(false);
        }
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.findAny().isEmpty();
        }
    }

    private static FileChannel locked(Path folder) throws IOException {
        FileChannel channel =
                PrivateFiles.open(folder.resolve(LOCK), StandardOpenOption.WRITE, StandardOpenOption.CREATE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            // The sentence below says it.
        }
        channel.close();
        throw BulkClientException.failed("Another process uses the folder " + folder + ".");
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            // The end of the process releases it.
        }
    }
}
