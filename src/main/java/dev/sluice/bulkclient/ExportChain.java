package dev.sluice.bulkclient;

import dev.sluice.fhir.FhirJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * A folder of exports of which each holds what changed since the one before: {@code 000001}, {@code 000002} and so on. The
 * file {@code chain.json} says where the last complete one ended, so that older folders can be removed.
 */
public final class ExportChain {
    private static final String STATE = "chain.json";

    private final Path folder;
    private final @Nullable End last;

    /** @param transactionTime from which the next export goes on */
    private record End(String server, String request, int number, String transactionTime) {}

    private ExportChain(Path folder, @Nullable End last) {
        this.folder = folder;
        this.last = last;
    }

    /** The chain in a folder, which need not exist. */
    public static ExportChain open(Path folder) {
        Path state = folder.resolve(STATE);
        try {
            return new ExportChain(folder, FhirJson.MAPPER.readValue(Files.readString(state), End.class));
        } catch (NoSuchFileException e) {
            return new ExportChain(folder, null);
        } catch (IOException | JacksonException e) {
            throw BulkClientException.failed("The file " + state + " cannot be read.");
        }
    }

    /** The folder of the next export, which an earlier run may have begun. */
    public Path next() {
        return folder.resolve(String.format(Locale.ROOT, "%06d", last == null ? 1 : last.number() + 1));
    }

    /** From when on the next export holds changes; null = it holds everything. */
    public @Nullable String since() {
        return last == null ? null : last.transactionTime();
    }

    /** Throws a sentence if the chain is one of another request. */
    public void require(String server, BulkRequest request) {
        if (last != null && !(last.server().equals(server) && last.request().equals(request.toString()))) {
            throw BulkClientException.failed("The chain in " + folder + " is one of " + last.server() + "/"
                    + last.request() + ", which is not the one that is wanted; name another folder.");
        }
    }

    /** The next export is complete. */
    public void add(ExportFolder.State state) {
        if (state.transactionTime() == null || state.transactionTime().isEmpty()) {
            throw BulkClientException.failed(
                    "The manifest has no transactionTime, so no later export can go on from this one.");
        }
        End end =
                new End(state.server(), state.request(), last == null ? 1 : last.number() + 1, state.transactionTime());
        ExportFolder.replace(folder.resolve(STATE), FhirJson.MAPPER.writeValueAsString(end));
    }
}
