package dev.sluice.cli;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirJson;
import dev.sluice.files.PrivateFiles;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Remembers in a file how many lines of which files a server has loaded, so that an import that was interrupted goes on
 * where it was, and which lines the server has refused, so that they are not forgotten. A file that has changed counts as
 * another one. Safe for use by any number of threads.
 */
final class ImportRecord implements AutoCloseable {
    /** How many lines of a file are loaded. */
    static final long ALL = Long.MAX_VALUE;

    private final URI server;
    private final Map<String, Progress> loaded = new HashMap<>();
    private final @Nullable FileChannel channel;

    /**
     * How far a file is.
     *
     * @param lines that the server has loaded or refused; {@link #ALL} if these are all
     * @param failed how many it has refused
     * @param errors the first of these, with the reasons
     */
    record Progress(long lines, long failed, List<String> errors) {
        private static final Progress NONE = new Progress(0, 0, List.of());

        private Progress then(Progress next) {
            List<String> all = new ArrayList<>(errors);
            all.addAll(next.errors);
            return new Progress(next.lines, failed + next.failed, all);
        }
    }

    private ImportRecord(URI server, @Nullable FileChannel channel) {
        this.server = server;
        this.channel = channel;
    }

    /** @param file null = nothing is remembered */
    static ImportRecord open(@Nullable Path file, URI server) {
        if (file == null) {
            return new ImportRecord(server, null);
        }
        try {
            ImportRecord opened = new ImportRecord(
                    server, PrivateFiles.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
            Files.readAllLines(file).forEach(opened::read);
            return opened;
        } catch (IOException e) {
            throw new CliException("The state file " + file + " cannot be used: " + ExportLocator.reason(e) + ".");
        }
    }

    /** What earlier imports have loaded of the file. */
    synchronized Progress loaded(Path file) throws IOException {
        return loaded.getOrDefault(key(file), Progress.NONE);
    }

    /**
     * Remembers it before the next line is sent.
     *
     * @param next up to which line the file is loaded now, and what was refused since the last call
     */
    synchronized void add(Path file, Progress next) throws IOException {
        ObjectNode entry = FhirJson.MAPPER.createObjectNode().put("file", key(file));
        entry.put("lines", next.lines());
        if (next.failed() > 0) {
            entry.put("failed", next.failed());
            next.errors().forEach(entry.putArray("errors")::add);
        }
        loaded.merge(key(file), next, Progress::then);
        if (channel != null) {
            // The end of a line comes first, because the line before may have been cut off.
            ByteBuffer line = ByteBuffer.wrap(("\n" + entry).getBytes(StandardCharsets.UTF_8));
            while (line.hasRemaining()) {
                channel.write(line);
            }
        }
    }

    private void read(String line) {
        try {
            ObjectNode entry = FhirJson.parseObject(line.getBytes(StandardCharsets.UTF_8));
            List<String> errors = new ArrayList<>();
            for (JsonNode error : entry.path("errors")) {
                errors.add(error.asString(""));
            }
            Progress next = new Progress(
                    entry.path("lines").asLong(0), entry.path("failed").asLong(0), errors);
            loaded.merge(entry.path("file").asString(""), next, Progress::then);
        } catch (FhirException e) {
            // A blank line, or one that was cut off: what it would have said is loaded again.
        }
    }

    private String key(Path file) throws IOException {
        return server + " " + file.toRealPath() + " " + Files.size(file) + " " + Files.getLastModifiedTime(file);
    }

    @Override
    public void close() {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // Each entry has been written.
        }
    }
}
