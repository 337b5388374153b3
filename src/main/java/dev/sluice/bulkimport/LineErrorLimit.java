package dev.sluice.bulkimport;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirException.Issue;
import java.util.ArrayList;
import java.util.List;

/** Passes on the errors of one load, and stops the load if they exceed a limit. For use by one thread. */
final class LineErrorLimit {
    /** How many bad lines are told with the problem; the first ones mostly say what is wrong with all. */
    private static final int TOLD = 5;

    private final NdjsonLoadListener listener;
    private final int most;
    private final List<LineError> first = new ArrayList<>();
    private int count;

    /**
     * @param listener hears of every bad line
     * @param most how many there may be
     */
    LineErrorLimit(NdjsonLoadListener listener, int most) {
        this.listener = listener;
        this.most = most;
    }

    NdjsonLoadListener listener() {
        return listener;
    }

    /** Hands a bad line on; true if it is one too many. */
    boolean add(LineError line) {
        listener.badLine(line);
        if (first.size() < TOLD) {
            first.add(line);
        }
        count++;
        return count > most;
    }

    /** 400: why the load is given up, with the first bad lines. */
    FhirException problem(long lastLine, long loaded) {
        List<Issue> issues = new ArrayList<>();
        issues.add(Issue.error(
                "too-costly",
                "The load was given up at line " + lastLine + ": it has more than " + most + " bad lines. " + loaded
                        + " lines were loaded, and stay. Correct the lines and load all again, or raise"
                        + " sluice.import.max-bad-lines. The first bad lines follow."));
        first.forEach(line -> issues.add(line.issue()));
        return new FhirException(400, issues);
    }
}
