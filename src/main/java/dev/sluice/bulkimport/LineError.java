package dev.sluice.bulkimport;

import dev.sluice.fhir.FhirException.Issue;

/**
 * A line that was not loaded.
 *
 * @param number which line, from 1
 * @param why a sentence for the person who made the file
 */
record LineError(long number, String why) {
    /** What an OperationOutcome says of it. */
    Issue issue() {
        return Issue.error("invalid", toString());
    }

    @Override
    public String toString() {
        return "Line " + number + ": " + why;
    }
}
