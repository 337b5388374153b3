package dev.sluice.filter;

import dev.sluice.fhir.FhirException.Issue;
import dev.sluice.fhir.FhirException.Severity;
import dev.sluice.json.TopLevelScanner;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Collects issues about single resources for the error files of an export. Imported resources are stored without
 * complete validation, and one invalid resource must not make the export fail. Not safe for use by several threads.
 */
public final class RowIssues {
    private static final Logger log = LoggerFactory.getLogger(RowIssues.class);
    private static final TopLevelScanner NAME = new TopLevelScanner(Set.of("resourceType", "id"));

    /** The largest number of issues that are listed; further ones are only counted. */
    private static final int MOST_LISTED = 1_000;

    /** The key of the resource is in the issue and in the log. */
    private static final String CAUSE = " The server's log has the cause, under this type and id; please report it.";

    /** Each once: some resources are read several times. */
    private final Set<Issue> listed = new LinkedHashSet<>();

    private long unlisted;

    /** What may be told of such issues if resources must not be named: how many there are. */
    public static List<Issue> withoutNames(Collection<Issue> issues) {
        return issues.isEmpty()
                ? List.of()
                : List.of(new Issue(
                        Severity.WARNING,
                        "incomplete",
                        issues.size() + " issues name resources and are not listed, since the export is de-identified."
                                + " An export of the same without de-identification lists them."));
    }

    /** Adds other issues. */
    public void addAll(List<Issue> others) {
        others.forEach(this::add);
    }

    /** The collected issues. */
    public List<Issue> issues() {
        if (unlisted == 0) {
            return List.copyOf(listed);
        }
        List<Issue> issues = new ArrayList<>(listed);
        issues.add(new Issue(Severity.WARNING, "incomplete", unlisted + " more issues of this kind are not listed."));
        return issues;
    }

    /**
     * Whether a filter accepts a resource. A resource that cannot be tested is rejected, with an issue.
     *
     * @throws RuntimeException if the store fails
     */
    public boolean matches(ResourceFilter filter, byte[] buffer, int offset, int length) {
        try {
            return filter.matches(buffer, offset, length);
        } catch (LookupFailedException e) {
            throw e.fault();
        } catch (RuntimeException e) {
            log.warn("A filter cannot read {}, which is left out.", key(buffer, offset, length), e);
            report(Severity.ERROR, buffer, offset, length, "is left out, since _typeFilter cannot read it." + CAUSE);
            return false;
        }
    }

    /** The projection of a resource to some elements; null, with an issue, if the resource cannot be read. */
    public byte @Nullable [] elements(ElementsProjection elements, byte[] buffer, int offset, int length) {
        try {
            return elements.of(
                    buffer, offset, length, problem -> report(Severity.WARNING, buffer, offset, length, problem));
        } catch (RuntimeException e) {
            log.warn("The elements of {} cannot be read; it is left out.", key(buffer, offset, length), e);
            report(Severity.ERROR, buffer, offset, length, "is left out, since _elements cannot read it." + CAUSE);
            return null;
        }
    }

    /** Adds that a resource is left out of the rows of a view. */
    public void leftOut(byte[] buffer, int offset, int length, String problem) {
        report(Severity.ERROR, buffer, offset, length, "is left out of " + problem);
    }

    private void report(Severity severity, byte[] buffer, int offset, int length, String problem) {
        add(new Issue(severity, "structure", key(buffer, offset, length) + " " + problem));
    }

    /** The type and the id of a resource, as far as they can be read. */
    private static String key(byte[] buffer, int offset, int length) {
        ObjectNode name = NAME.read(buffer, offset, length);
        return name.path("resourceType").asString("") + "/" + name.path("id").asString("");
    }

    private void add(Issue issue) {
        if (listed.size() < MOST_LISTED) {
            listed.add(issue);
        } else if (!listed.contains(issue)) {
            unlisted++;
        }
    }
}
