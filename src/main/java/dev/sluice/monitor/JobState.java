package dev.sluice.monitor;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Where a job stands, for people. A job that is cancelled, deleted or expired exists no more, and has no state. */
public enum JobState {
    /** Recorded; it waits to be planned, or is being planned. */
    ACCEPTED,
    /** Planned; its units run or wait to. */
    RUNNING,
    /** Accepted or running, and paused: no step of it runs. */
    PAUSED,
    /** Every unit is done, and the result exists. */
    COMPLETED,
    /** Given up for a reason, which it carries. */
    FAILED;

    /** SQL that makes the name of the state from the columns of a job. */
    static final String OF_ROW =
            "case when j.paused_at is not null and j.status in ('ACCEPTED', 'RUNNING') then 'PAUSED' else j.status end";

    /** Whether the job has ended. */
    public boolean isEnd() {
        return this == COMPLETED || this == FAILED;
    }

    /** The word in texts and JSON, such as {@code running}. */
    @JsonValue
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
