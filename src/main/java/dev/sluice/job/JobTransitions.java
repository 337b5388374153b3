package dev.sluice.job;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * The state machine of a job. Each change is one update whose condition is its guard: the status that it starts from, and
 * the lease of the step that asks for it. So of two processes only one can make it. A change that comes too late, because
 * the job ended or another process has the step, is refused and leaves nothing.
 */
@Component
class JobTransitions {
    /** The next step starts with a clean slate. */
    private static final String NEXT_STEP =
            " attempts = 0, failures = 0, failing_since = null, fault = null," + " updated_at = clock_timestamp()";

    private static final String FREE = " lease_owner = null, due_at = clock_timestamp()";
    private static final String ENDED =
            " finished_at = clock_timestamp(), expires_at = clock_timestamp() + :retention * interval '1 ms'";

    /** A step that is being done at this time, such as a plan, ends before the job is erased. */
    private static final String DISCARDED = "update job set status = 'DISCARDED',"
            + " due_at = case when lease_owner is null then clock_timestamp() else due_at end," + NEXT_STEP
            + " where status <> 'DISCARDED' and ";

    private final JdbcClient jdbc;
    private final StepQueue queue;
    private final JobSettings settings;
    private final ApplicationEventPublisher events;

    JobTransitions(JdbcClient jdbc, StepQueue queue, JobSettings settings, ApplicationEventPublisher events) {
        this.jdbc = jdbc;
        this.queue = queue;
        this.settings = settings;
        this.events = events;
    }

    /** Records a job: it is ACCEPTED. */
    @Transactional
    public void submit(UUID id, String kind, String payload, @Nullable String output) {
        jdbc.sql("insert into job (id, kind, payload, output, status, units, units_done, work, created_at, updated_at)"
                        + " values (:id, :kind, :payload, :output, 'ACCEPTED', 0, 0, 0, clock_timestamp(),"
                        + " clock_timestamp())")
                .param("id", id)
                .param("kind", kind)
                .param("payload", payload)
                .param("output", output)
                .update();
        events.publishEvent(new StepsAdded(kind));
    }

    /** ACCEPTED to RUNNING: the plan is made, and its units can run. */
    @Transactional
    public boolean planned(Lease lease, JobHandler.Plan plan) {
        List<JobHandler.Unit> units = plan.units();
        commitAsynchronously();
        int started = queue.held(
                        "update job set status = 'RUNNING', plan = :plan, units = :units, work = :work," + FREE + ","
                                + NEXT_STEP + " where" + StepQueue.HELD + " and status = 'ACCEPTED'",
                        lease)
                .param("plan", plan.text())
                .param("units", units.size())
                .param("work", units.stream().mapToLong(JobHandler.Unit::work).sum())
                .update();
        if (started == 0) {
            return false;
        }
        jdbc.sql("insert into work_unit (job_id, ordinal, payload, work, done)"
                        + " select :job, n - 1, payload, work, 0 from unnest(:payloads::text[], :work::bigint[])"
                        + " with ordinality as plan (payload, work, n) order by n")
                .param("job", lease.job().id())
                .param("payloads", units.stream().map(JobHandler.Unit::payload).toArray(String[]::new))
                .param("work", units.stream().map(JobHandler.Unit::work).toArray(Long[]::new))
                .update();
        events.publishEvent(new StepsAdded(lease.job().kind()));
        return true;
    }

    /**
     * RUNNING to ACCEPTED, as if the job was never planned: its plan cannot be read. Not if a client has read pages of its
     * results, or if another process was faster.
     */
    @Transactional
    public boolean planAgain(Lease lease) {
        int changed = jdbc.sql(
                        "update job set status = 'ACCEPTED', plan = null, units = 0, units_done = 0, work = 0," + FREE
                                + "," + NEXT_STEP
                                + " where id = :job and status = 'RUNNING' and plan is not distinct from :plan"
                                + " and not exists (select from work_unit where job_id = :job and page is not null)")
                .param("job", lease.job().id())
                .param("plan", lease.plan())
                .update();
        if (changed == 0) {
            return false;
        }
        jdbc.sql("delete from work_unit where job_id = :job")
                .param("job", lease.job().id())
                .update();
        events.publishEvent(new StepsAdded(lease.job().kind()));
        return true;
    }

    /** Counts a unit that is done. Updates of one job wait for each other, so the job is finished after the last one. */
    @Transactional
    public boolean unitDone(Lease lease, String result) {
        commitAsynchronously();
        return queue.held(
                                "with unit as (update work_unit set result = :result, done = work, held_by = null,"
                                        + " fault = null, updated_at = clock_timestamp()," + FREE + " where"
                                        + StepQueue.HELD + " and result is null returning job_id)"
                                        + " update job set units_done = units_done + 1, updated_at = clock_timestamp()"
                                        + " from unit where job.id = unit.job_id and status = 'RUNNING'",
                                lease)
                        .param("result", result)
                        .update()
                == 1;
    }

    /** The results of a job's units, in the order of the plan. */
    List<String> results(UUID job) {
        return jdbc.sql("select result from work_unit where job_id = :job order by ordinal")
                .param("job", job)
                .query(String.class)
                .list();
    }

    /** RUNNING to COMPLETED; what the job held while it ran is released in the same transaction. */
    @Transactional
    public boolean completed(Lease lease, String result, Runnable release) {
        boolean changed = queue.held(
                                "update job set status = 'COMPLETED', ending = :result," + ENDED + "," + FREE + ","
                                        + NEXT_STEP + " where" + StepQueue.HELD
                                        + " and status = 'RUNNING' and units_done = units",
                                lease)
                        .param("result", result)
                        .param("retention", settings.retention().toMillis())
                        .update()
                == 1;
        if (changed) {
            release.run();
        }
        return changed;
    }

    /**
     * ACCEPTED or RUNNING to FAILED: a step is given up, and its job with it. Only the present owner of the step can say so:
     * a process that lost it may fail of just that.
     */
    @Transactional
    public boolean failed(Lease lease, String reason) {
        return queue.release(lease)
                && jdbc.sql("update job set status = 'FAILED', ending = :reason," + ENDED + "," + NEXT_STEP
                                        + " where id = :job and status in ('ACCEPTED', 'RUNNING')")
                                .param("job", lease.job().id())
                                .param("reason", reason)
                                .param("retention", settings.retention().toMillis())
                                .update()
                        == 1;
    }

    /** Any other status to DISCARDED. */
    @Transactional
    public boolean discarded(UUID id, String kind) {
        boolean changed = jdbc.sql(DISCARDED + "id = :id and kind = :kind")
                        .param("id", id)
                        .param("kind", kind)
                        .update()
                == 1;
        if (changed) {
            events.publishEvent(new StepsAdded(kind));
        }
        return changed;
    }

    /** Any other status to DISCARDED, for jobs whose time is over. */
    List<UUID> expire() {
        return jdbc.sql(DISCARDED + "expires_at < clock_timestamp() returning id")
                .query(UUID.class)
                .list();
    }

    /** Has a completed job live for this long at least. */
    boolean keep(UUID id, Duration time) {
        return jdbc.sql("update job set expires_at = greatest(expires_at, clock_timestamp() + :time * interval '1 ms')"
                                + " where id = :id and status = 'COMPLETED'")
                        .param("id", id)
                        .param("time", time.toMillis())
                        .update()
                == 1;
    }

    /** What a job made is erased. The row of a discarded job goes with it; that of a failed one stays, without open units. */
    @Transactional
    public void erased(Lease lease) {
        boolean deleted = queue.held("delete from job where" + StepQueue.HELD + " and status = 'DISCARDED'", lease)
                        .update()
                == 1;
        boolean kept = !deleted
                && queue.held("update job set erased = true," + FREE + " where" + StepQueue.HELD, lease)
                                .update()
                        == 1;
        if (kept) {
            jdbc.sql("delete from work_unit where job_id = :job and result is null")
                    .param("job", lease.job().id())
                    .update();
        }
    }

    /**
     * Has the transaction not wait for the disk at its end. If PostgreSQL crashes within the second after it, it has not
     * been, and neither has anything that was recorded later. For what is then done again.
     */
    private void commitAsynchronously() {
        jdbc.sql("set local synchronous_commit to off").update();
    }
}
