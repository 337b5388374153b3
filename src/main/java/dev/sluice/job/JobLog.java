package dev.sluice.job;

import java.util.Locale;
import java.util.UUID;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * How changes of jobs are recorded: by a row of the table {@code job_event}, which the statement adds that makes the change,
 * and by a line of the log that has the ids as fields.
 */
final class JobLog {
    /** The changes. The names are in the database. */
    static final String PLANNED = "PLANNED";

    static final String PLANNED_AGAIN = "PLANNED_AGAIN";
    static final String PAUSED = "PAUSED";
    static final String RESUMED = "RESUMED";
    static final String COMPLETED = "COMPLETED";
    static final String FAILED = "FAILED";
    static final String STEP_FAILED = "STEP_FAILED";
    static final String HANDED_BACK = "HANDED_BACK";
    static final String TAKEN_OVER = "TAKEN_OVER";

    /**
     * Ends a statement that changes a job, and records the event after it. The statement begins with {@code with changed as
     * (}. The name of the event and the text follow.
     */
    static final String EVENT =
            " returning job.id) insert into job_event (job_id, process, try, change, detail) select id, :owner, :version, ";

    static final String OF_CHANGED = " from changed";

    /** What a completed job was. */
    interface Completed {
        long getRows();

        long getBytes();

        double getSeconds();
    }

    private JobLog() {}

    /**
     * A statement that changes the row of a lease, and records an event if it does. It locks the job before the unit, as all
     * statements do that lock both. The tries to erase what a job made are not recorded: they go on until one succeeds, and
     * nobody sees the events of such a job.
     *
     * @param update with its condition, which does not name other tables
     */
    static String recording(Lease lease, String update, String change) {
        if (lease.step() == Step.ERASE) {
            return update;
        }
        String unit = "with locked as materialized (select id as job from job where id = :job for key share),"
                + " changed as (" + update.replace(" where ", " from locked where ")
                + " returning job_id, ordinal)";
        String job = "with changed as (" + update + " returning id as job_id, cast(null as int) as ordinal)";
        return (lease.isUnit() ? unit : job)
                + " insert into job_event (job_id, unit, process, try, change, detail)"
                + " select job_id, ordinal, :owner, :version, '" + change + "', :detail from changed";
    }

    /** A line about a step. */
    static LoggingEventBuilder line(LoggingEventBuilder line, Lease lease) {
        LoggingEventBuilder job = line(line, lease.job().id(), lease.job().kind());
        return lease.isUnit() ? job.addKeyValue("sluice.unit", lease.number()) : job;
    }

    /** The line about the end of a job. */
    static void completed(LoggingEventBuilder line, Lease lease, Completed end) {
        line(line, lease)
                .addKeyValue("sluice.rows", end.getRows())
                .addKeyValue("sluice.bytes", end.getBytes())
                .addKeyValue("sluice.seconds", end.getSeconds())
                .log(
                        "Job {} is completed: {}, {}, {} s.",
                        lease.job().id(),
                        SafeMessage.count(end.getRows(), "row"),
                        SafeMessage.count(end.getBytes(), "byte"),
                        String.format(Locale.ROOT, "%.1f", end.getSeconds()));
    }

    /** A line about a job. */
    static LoggingEventBuilder line(LoggingEventBuilder line, UUID job, String kind) {
        return line.addKeyValue("sluice.job", job.toString()).addKeyValue("sluice.kind", kind);
    }
}
