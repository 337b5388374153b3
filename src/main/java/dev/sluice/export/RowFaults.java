package dev.sluice.export;

import dev.sluice.blob.BlobProblem;
import dev.sluice.fhir.FhirProblem.Issue;
import dev.sluice.fhir.FhirProblem.Severity;
import dev.sluice.fhir.RootScan;
import dev.sluice.search.FilterUnion;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;
import tools.jackson.databind.node.ObjectNode;

/**
 * Keeps what was odd in single resources of a unit, for its error file: NDJSON is stored as it comes, and one resource that
 * is not what R4 says must not cost the others. Not safe for use by several threads.
 */
final class RowFaults {
    private static final Logger log = LoggerFactory.getLogger(RowFaults.class);
    private static final RootScan NAME = new RootScan(Set.of("resourceType", "id"));

    /** Nobody reads more; the rest is counted. */
    private static final int TOLD = 1_000;

    private final List<Issue> told = new ArrayList<>();
    private long untold;

    /** What is to be told of the resources. */
    List<Issue> issues() {
        if (untold == 0) {
            return List.copyOf(told);
        }
        List<Issue> issues = new ArrayList<>(told);
        issues.add(new Issue(
                Severity.WARNING,
                "incomplete",
                untold + " more resources are odd in the same ways; they are not listed."));
        return issues;
    }

    /**
     * Whether a filter takes a resource. One that the filter cannot be asked of is not taken, and told.
     *
     * @throws RuntimeException a fault of the database or of the process, which is not the resource's
     */
    boolean takes(FilterUnion filter, byte[] buffer, int offset, int length) {
        try {
            return filter.takes(buffer, offset, length);
        } catch (RuntimeException e) {
            requireOfData(e);
            log.warn("A filter cannot be asked of a resource, which is left out", e);
            tell(Severity.ERROR, buffer, offset, length, "is left out, since _typeFilter cannot read it: " + name(e));
            return false;
        }
    }

    /**
     * What is left of a resource when only some elements are wanted; null if it cannot be read, which is told.
     *
     * @throws RuntimeException a fault of the process, which is not the resource's
     */
    byte @Nullable [] elements(Elements elements, byte[] buffer, int offset, int length) {
        try {
            return elements.of(buffer, offset, length, odd -> tell(Severity.WARNING, buffer, offset, length, odd));
        } catch (RuntimeException e) {
            requireOfData(e);
            log.warn("The elements of a resource cannot be read; it is left out", e);
            tell(Severity.ERROR, buffer, offset, length, "is left out, since _elements cannot read it: " + name(e));
            return null;
        }
    }

    private static void requireOfData(RuntimeException e) {
        if (e instanceof DataAccessException
                || e instanceof TransactionException
                || e instanceof BlobProblem
                || e instanceof CancellationException) {
            throw e;
        }
    }

    private void tell(Severity severity, byte[] buffer, int offset, int length, String odd) {
        if (told.size() == TOLD) {
            untold++;
            return;
        }
        ObjectNode name = NAME.read(buffer, offset, length);
        String key =
                name.path("resourceType").asString("") + "/" + name.path("id").asString("");
        told.add(new Issue(severity, "structure", key + " " + odd));
    }

    private static String name(RuntimeException e) {
        return e.getClass().getSimpleName() + ". The server's log has the details; please report them.";
    }
}
