package dev.sluice.web;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirJson;
import dev.sluice.json.MemoryBudget;
import dev.sluice.json.Spool;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What one request holds: heap, by its claim, and temporary files. A large content that is on its way from or to the
 * client is in a file and not in memory, because the client may be slow. For use by one thread.
 */
public final class RequestMemory implements AutoCloseable {
    static final String ATTRIBUTE = RequestMemory.class.getName();

    /** A body that is read is there once more as it is written. */
    private static final int COPIES = 2;

    private final Path folder;
    private final MemoryBudget.Claim claim;
    private final List<Spool> spools = new ArrayList<>();
    private long results;

    /** @param folder for temporary files */
    RequestMemory(MemoryBudget budget, Path folder) {
        this.folder = folder;
        this.claim = budget.claim();
    }

    /** The memory of a request. */
    public static RequestMemory of(HttpServletRequest request) {
        if (request.getAttribute(ATTRIBUTE) instanceof RequestMemory memory) {
            return memory;
        }
        throw new IllegalStateException("The request did not come through the filter");
    }

    /** The heap that the request holds. */
    public MemoryBudget.Claim claim() {
        return claim;
    }

    /** Makes sure that a stored body of this size may be read, beside what the request holds. */
    public void claimRead(long bytes) {
        if (claim.isEmpty()) {
            claim.hold(bytes, 0);
        } else {
            claim.add(COPIES * MemoryBudget.arrayBytes(bytes));
        }
    }

    /**
     * Makes sure that the response may hold this resource too.
     *
     * @throws FhirException 413 if the resources of the response are together larger than a resource may be
     */
    public void claimResult(int bytes) {
        results += bytes;
        if (results > FhirJson.MAX_RESOURCE_BYTES) {
            results -= bytes;
            throw FhirException.of(
                    413,
                    "too-costly",
                    "The response would be larger than " + (FhirJson.MAX_RESOURCE_BYTES >> 20)
                            + " MB; ask for less in one Bundle.");
        }
        claim.add(MemoryBudget.arrayBytes(bytes));
    }

    /** The bytes of the resources in the response until now. */
    public long resultBytes() {
        return results;
    }

    /** Sets the bytes of the resources in the response, before a request is decided again. */
    public void resetResultBytes(long before) {
        results = before;
    }

    /** A new spool, which is deleted with the request. */
    public Spool spool() {
        Spool spool = new Spool(folder);
        spools.add(spool);
        return spool;
    }

    @Override
    public void close() throws IOException {
        claim.close();
        for (Spool spool : spools) {
            spool.close();
        }
    }
}
