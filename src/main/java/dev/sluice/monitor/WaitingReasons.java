package dev.sluice.monitor;

import dev.sluice.monitor.WaitingReason.Kind;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import org.apache.commons.lang3.Strings;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Finds out why a job does not go on. */
final class WaitingReasons {
    /**
     * What is known of the step that a job waits for. The step is one of the job itself, or, if its units are not done, the
     * unit that failed, or else one that is leased. A process writes its name every ten seconds.
     */
    private static final String FACTS = """
            select coalesce(unit.fault, j.fault) as fault, coalesce(unit.failures, j.failures) as failures,
                coalesce(unit.due_at, j.due_at) as due_at, coalesce(unit.lease_owner, j.lease_owner) as lease_owner,
                coalesce(unit.due_at, j.due_at) > clock_timestamp() as is_later, unit.id is not null as is_unit,
                units.running, units.throttled_by,
                (select count(*) from job_process p
                    where p.workers > 0 and p.seen_at > clock_timestamp() - interval '35 s') as processes,
                (select count(*) from job o where o.kind = j.kind and o.status in ('ACCEPTED', 'RUNNING')
                    and o.status <> 'COMPLETED' and not (o.status = 'FAILED' and o.erased)
                    and o.paused_at is null and o.id <> j.id) as others
            from job j
            left join lateral (
                select u.* from work_unit u
                where u.job_id = j.id and u.result is null and (u.lease_owner is not null or u.fault is not null)
                order by u.fault is null, u.due_at limit 1) unit on j.status = 'RUNNING' and j.units_done < j.units
            left join lateral (
                select (count(*) filter (where u.lease_owner is not null and u.due_at > clock_timestamp()))::int as running,
                    max(u.throttled_by) as throttled_by
                from work_unit u
                where u.job_id = j.id and u.result is null and (u.lease_owner is not null or u.fault is not null)
                ) units on true
            where j.id = :job
            """;

    private record Facts(
            @Nullable String fault,
            int failures,
            OffsetDateTime dueAt,
            @Nullable String leaseOwner,
            boolean isLater,
            boolean isUnit,
            int running,
            @Nullable String throttledBy,
            long processes,
            long others) {}

    private WaitingReasons() {}

    /** Why a job does not go on, or goes on slowly; null = it has ended, or nothing holds it back. */
    static @Nullable WaitingReason of(JdbcClient jdbc, JobSummary job) {
        if (job.state().isEnd()) {
            return null;
        }
        if (job.paused() != null) {
            return new WaitingReason(
                    Kind.PAUSED, "The job is paused since " + time(job.paused()) + ". It goes on when it is resumed.");
        }
        return jdbc.sql(FACTS)
                .param("job", job.id())
                .query(Facts.class)
                .optional()
                .map(facts -> of(job, facts))
                .orElse(null);
    }

    private static @Nullable WaitingReason of(JobSummary job, Facts facts) {
        if (facts.running() > 0) {
            return facts.throttledBy() == null
                    ? null
                    : new WaitingReason(
                            Kind.THROTTLED,
                            "The job goes on slowly: the setting " + facts.throttledBy() + " holds its units back.");
        }
        String step = facts.isUnit() ? "A unit" : job.state() == JobState.ACCEPTED ? "The planning" : "The last step";
        String owner = facts.leaseOwner();
        String fault = facts.fault();
        if (owner == null && fault != null && facts.isLater()) {
            return new WaitingReason(
                    Kind.RETRY,
                    step + " failed " + (facts.failures() == 1 ? "once" : facts.failures() + " times")
                            + " and is tried again at " + time(facts.dueAt().toInstant()) + ": "
                            + Strings.CS.appendIfMissing(fault, "."));
        }
        if (owner != null && !facts.isLater()) {
            return new WaitingReason(
                    Kind.SILENT_PROCESS,
                    "The process " + owner + " was silent for too long. Another process takes its step over.");
        }
        if (owner != null) {
            return job.state() == JobState.ACCEPTED
                    ? new WaitingReason(Kind.PLANNING, "The process " + owner + " plans the job.")
                    : new WaitingReason(
                            Kind.FINISHING,
                            "All units are done. The process " + owner + " checks the result and writes it.");
        }
        return queued(job, facts);
    }

    /** No process has a step of the job. */
    private static WaitingReason queued(JobSummary job, Facts facts) {
        if (facts.processes() == 0) {
            return new WaitingReason(
                    Kind.NO_PROCESS,
                    "No process is alive that runs jobs. Start one whose setting sluice.role is all or worker, or see the log of"
                            + " those that should run.");
        }
        String others = facts.others() == 0
                ? ""
                : facts.others() == 1
                        ? "One other " + job.kind() + " job takes turns with it. "
                        : facts.others() + " other " + job.kind() + " jobs take turns with it. ";
        return new WaitingReason(
                Kind.QUEUED,
                "The job waits for a free worker. " + others
                        + (facts.processes() == 1
                                ? "One process runs jobs."
                                : facts.processes() + " processes run jobs."));
    }

    private static Instant time(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS);
    }
}
