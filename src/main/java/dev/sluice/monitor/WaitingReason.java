package dev.sluice.monitor;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * Why a job does not go on, or goes on slowly.
 *
 * @param kind for programs
 * @param text a sentence for people
 */
public record WaitingReason(Kind kind, String text) {
    /** What a job waits for. */
    public enum Kind {
        /** For somebody who resumes it. */
        PAUSED,
        /** For a process that runs jobs: there is none. */
        NO_PROCESS,
        /** For a free worker. */
        QUEUED,
        /** For the end of its planning, which a process does at this time. */
        PLANNING,
        /** For the time at which a step that failed is tried again. */
        RETRY,
        /** For the lease of a process that has fallen silent. */
        SILENT_PROCESS,
        /** For a setting that limits it. */
        THROTTLED,
        /** For the manifest, which a process writes. */
        FINISHING;

        /** The word in JSON, such as {@code no-process}. */
        @JsonValue
        public String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
