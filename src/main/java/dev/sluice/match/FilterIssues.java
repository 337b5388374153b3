package dev.sluice.match;

import dev.sluice.fhir.FhirException;
import java.util.ArrayList;
import java.util.List;

/** Collects the errors of one query of a {@code _typeFilter}; each issue quotes the query. */
public final class FilterIssues {
    private static final int QUOTED = 200;

    /** The number of issues that are reported; a client reads no more, and a list of values may have thousands. */
    private static final int MOST_ISSUES = FhirException.MOST_ISSUES - 1;

    private final String query;
    private final List<FhirException.Issue> issues;
    private boolean any;

    /** Whether a fault is such that the part which has it must not be left out. */
    private boolean grave;

    public FilterIssues(String query, List<FhirException.Issue> issues) {
        this.query = query;
        this.issues = issues;
    }

    public boolean any() {
        return any;
    }

    /** Whether a client that is lenient can have the part with these faults left out: the intent is clear. */
    public boolean canBeLeftOut() {
        return !grave;
    }

    /** A list for the same query, whose faults do not count for it yet. */
    public FilterIssues apart() {
        return new FilterIssues(query, new ArrayList<>());
    }

    public void addAll(FilterIssues others) {
        others.issues.forEach(this::add);
        grave |= others.grave;
    }

    private void add(FhirException.Issue issue) {
        any = true;
        if (issues.size() < MOST_ISSUES) {
            issues.add(issue);
        } else if (issues.size() == MOST_ISSUES) {
            issues.add(FhirException.Issue.error(
                    "invalid", "_typeFilter has more faults than these " + MOST_ISSUES + "; mend these first."));
        }
    }

    /** The text cannot be read. */
    public void syntax(String reason) {
        grave = true;
        add(FhirException.Issue.error("invalid", sentence(reason)));
    }

    /** Adds a fault for valid text that uses an unsupported feature. */
    public void unsupported(String reason) {
        add(FhirException.Issue.error("not-supported", sentence(reason)));
    }

    /** The text is read, but names what does not exist, and is perhaps only misspelt. */
    public void misspelt(String reason) {
        grave = true;
        unsupported(reason);
    }

    private String sentence(String reason) {
        String end = reason.endsWith(".") || reason.endsWith("?") ? "" : ".";
        return "_typeFilter " + quote(query) + (reason.startsWith(":") ? "" : " ") + reason + end;
    }

    /** The text in quotes, cut where it is too long to read. */
    public static String quote(String text) {
        return "'" + cut(text) + "'";
    }

    public static String cut(String text) {
        return text.length() <= QUOTED ? text : text.substring(0, QUOTED) + "…";
    }
}
