package dev.sluice.filter;

import dev.sluice.fhir.FhirProblem.Issue;
import dev.sluice.fhir.FhirProblem.Severity;
import dev.sluice.json.RootScan;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Collects what is odd in single resources, for the error files of an export: NDJSON is stored as it comes, and one resource
 * that is not what R4 says must not cost the others. Not safe for use by several threads.
 */
public final class RowIssues {
    private static final Logger log = LoggerFactory.getLogger(RowIssues.class);
    private static final RootScan NAME = new RootScan(Set.of("resourceType", "id"));

    /** Nobody reads more; the rest is counted. */
    private static final int TOLD = 1_000;

    private final List<Issue> told = new ArrayList<>();
    private long untold;

    /** Adds others. */
    public void addAll(List<Issue> others) {
        others.forEach(this::add);
    }

    /** What is to be told of the resources. */
    public List<Issue> issues() {
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
     * @throws RuntimeException a fault of the store, which is not the resource's
     */
    public boolean takes(FilterUnion filter, byte[] buffer, int offset, int length) {
        try {
            return filter.takes(buffer, offset, length);
        } catch (LookupFailedException e) {
            throw e.fault();
        } catch (RuntimeException e) {
            log.warn("A filter cannot be asked of a resource, which is left out", e);
            tell(Severity.ERROR, buffer, offset, length, "is left out, since _typeFilter cannot read it: " + name(e));
            return false;
        }
    }

    /** What is left of a resource when only some elements are wanted; null if it cannot be read, which is told. */
    public byte @Nullable [] elements(ElementsProjection elements, byte[] buffer, int offset, int length) {
        try {
            return elements.of(buffer, offset, length, odd -> tell(Severity.WARNING, buffer, offset, length, odd));
        } catch (RuntimeException e) {
            log.warn("The elements of a resource cannot be read; it is left out", e);
            tell(Severity.ERROR, buffer, offset, length, "is left out, since _elements cannot read it: " + name(e));
            return null;
        }
    }

    private void tell(Severity severity, byte[] buffer, int offset, int length, String odd) {
        ObjectNode name = NAME.read(buffer, offset, length);
        String key =
                name.path("resourceType").asString("") + "/" + name.path("id").asString("");
        add(new Issue(severity, "structure", key + " " + odd));
    }

    private void add(Issue issue) {
        if (told.size() < TOLD) {
            told.add(issue);
        } else {
            untold++;
        }
    }

    private static String name(RuntimeException e) {
        return e.getClass().getSimpleName() + ". The server's log has the details; please report them.";
    }
}
