package dev.sluice.job;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.repository.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * The jobs, and the state machine of a job. Each change is one update whose condition is its guard: the status that it
 * starts from, and the lease of the step that asks for it. So of two processes only one can make it; the result is 1 if this
 * call made it. The changes are native SQL, since all times are {@code clock_timestamp()} of the database, which JPQL
 * cannot say.
 */
interface JobRepository extends Repository<JobEntity, UUID> {
    String NO_FAILURES = " failures = 0, failing_since = null, fault = null, updated_at = clock_timestamp()";

    /** The next step begins with no starts and no failures. */
    String NEXT_STEP = " attempts = 0," + NO_FAILURES;

    /** The step is leased to nobody, and due now. */
    String FREE = " lease_owner = null, due_at = clock_timestamp()";

    /** The first of the two numbers of PostgreSQL's advisory locks that are taken to record a job. */
    int SUBMIT_LOCKS = 22;

    /** How often a job is planned at most. */
    int MOST_PLANS = 3;

    String ENDED = " finished_at = clock_timestamp(), expires_at = clock_timestamp() + :retention * interval '1 ms'";

    /**
     * A step that is being done at this time, such as a plan, ends before the job is erased. If its process is silent until
     * the end of its lease, the start remains counted.
     */
    String DISCARD = "update job set status = 'DISCARDED',"
            // A discarded job with a result was completed, and its files can belong to the client.
            + " ending = case when status = 'FAILED' then null else ending end,"
            + " due_at = case when lease_owner is null then clock_timestamp() else due_at end, erased = false,"
            + " attempts = case when lease_owner is null then 0 else attempts end," + NO_FAILURES
            + " where status <> 'DISCARDED' and ";

    /** What a client asks of a job; without the plan, which only steps need, and the result, which may be large. */
    interface JobView {
        UUID getId();

        String getKind();

        String getOwner();

        String getPayload();

        @Nullable
        String getOutput();

        JobStatus getStatus();

        @Nullable
        String getFailure();

        long getWork();

        Instant getCreatedAt();

        @Nullable
        Instant getFinishedAt();

        @Nullable
        Instant getExpiresAt();

        Instant getUpdatedAt();

        @Nullable
        Instant getPausedAt();

        long getDone();

        @Nullable
        String getThrottledBy();

        boolean getFailsInUnit();

        int getFailures();

        @Nullable
        String getFault();
    }

    /** The number of seconds that a job took, from its kick-off, without the pauses after it was planned. */
    String SECONDS = "extract(epoch from finished_at - created_at) - paused_millis / 1000.0";

    /** An open job of a client as it was before the change; the caller has locked its row. */
    String OPEN =
            "with old as materialized (select id, paused_at from job where id = :id and kind = :kind and owner = :owner"
                    + " and status in ('ACCEPTED', 'RUNNING')), ";

    /** Records the event, and says whether there was a change; empty if the job is not open. */
    String CHANGE_OF_OPEN = " event as (insert into job_event (job_id, change) select id, :change from changed)"
            + " select exists (select from changed) from old";

    /** Records a job. It is flushed, since statements of the same transaction may refer to its row. */
    JobEntity saveAndFlush(JobEntity job);

    /** A job of a client (null = any), or a published one, not discarded: how far it is, and the step that fails most. */
    @NativeQuery("""
            select j.id, j.kind, j.owner, j.payload, j.output, j.status,
                case when j.status = 'FAILED' then j.ending end as failure, j.work, j.created_at, j.finished_at, j.expires_at,
                greatest(j.updated_at, units.updated_at) as updated_at, j.paused_at, units.throttled_by,
                case when j.status = 'COMPLETED' then j.work else j.work_done + coalesce(units.done, 0) end as done,
                failing.unit is not null as fails_in_unit, coalesce(failing.failures, 0) as failures, failing.fault
            from job j
            left join lateral (
                select cast(sum(u.done) as bigint) as done, max(u.updated_at) as updated_at,
                    max(u.throttled_by) as throttled_by
                from work_unit u where u.job_id = j.id and u.result is null
                    and (u.lease_owner is not null or u.fault is not null)) units on true
            left join lateral (
                select cast(null as bigint) as unit, j.failures, j.fault where j.fault is not null
                union all
                select u.id, u.failures, u.fault from work_unit u
                where u.job_id = j.id and u.result is null and u.fault is not null
                order by failures desc limit 1) failing on true
            where j.id = :id and j.kind = :kind and j.status <> 'DISCARDED' and (j.published or j.owner = coalesce(cast(:owner as text), j.owner))
            """)
    Optional<JobView> find(UUID id, String kind, @Nullable String owner);

    /** The result of a completed job, which does not change. */
    @NativeQuery("select ending from job where id = :id and status = 'COMPLETED'")
    Optional<String> result(UUID id);

    boolean existsById(UUID id);

    /** Of a kind, what is not ended to DISCARDED; returns the ids. */
    @NativeQuery(DISCARD + "kind = :kind and status in ('ACCEPTED', 'RUNNING') returning id")
    List<UUID> discardOpen(String kind);

    /** Has other transactions that record a job of this kind wait for the end of the calling one. */
    @NativeQuery("select true where pg_advisory_xact_lock(" + SUBMIT_LOCKS + ", hashtext(:kind)) is not null")
    boolean lockSubmit(String kind);

    /** The jobs of a kind and a client (null = any) that have not ended. The condition on {@code erased} is that of the index. */
    @NativeQuery("select count(*) from job where kind = :kind and owner = coalesce(cast(:owner as text), owner)"
            + " and status in ('ACCEPTED', 'RUNNING') and status <> 'COMPLETED' and not (status = 'FAILED' and erased)")
    int countOpen(String kind, @Nullable String owner);

    /**
     * Locks the row of a running or completed job, so that the calling transaction and those that record results wait for
     * each other. Empty for other jobs.
     */
    @NativeQuery("select true from job where id = :id and status in ('RUNNING', 'COMPLETED') for no key update")
    Optional<Boolean> lockResults(UUID id);

    /** All bytes of the last 20 completed jobs that had bytes, divided by all seconds that they took. */
    @NativeQuery("select cast(sum(work) / nullif(sum(" + SECONDS + "), 0) as float8)"
            + " from (select work, created_at, finished_at, paused_millis from job where kind = :kind and status = 'COMPLETED'"
            + " and work > 0 order by finished_at desc limit 20) last")
    Optional<Double> bytesPerSecond(String kind);

    /** ACCEPTED to RUNNING. */
    @Modifying
    @NativeQuery(
            "with changed as (update job set status = 'RUNNING', plan = :plan, plans = plans + 1, units = :units, work = :work,"
                    + " rows = cast(:rows as bigint), started_at = clock_timestamp(), paused_millis = 0," + FREE + ","
                    + NEXT_STEP + " where" + StepQueue.LEASED + " and status = 'ACCEPTED'" + JobLog.EVENT + "'"
                    + JobLog.PLANNED + "', :detail" + JobLog.OF_CHANGED)
    int start(
            UUID id, String owner, long version, String plan, int units, long work, @Nullable Long rows, String detail);

    /**
     * RUNNING to ACCEPTED, if the plan is still this one, a client has read no page of the results, and the job was not
     * planned too often: two versions that cannot read each other's plans would plan it for ever. The plan becomes an
     * empty text and not null, which says that units may have written files.
     */
    @Modifying
    @NativeQuery("with changed as (update job set status = 'ACCEPTED', plan = '', units = 0, units_done = 0, work = 0,"
            + " rows = null, work_done = 0, rows_done = 0, rows_written = 0, started_at = null," + FREE + ","
            + NEXT_STEP + " where id = :id and status = 'RUNNING' and plan is not distinct from :plan"
            + " and plans < " + MOST_PLANS
            + " and not exists (select from work_unit where job_id = :id and page is not null)" + JobLog.EVENT + "'"
            + JobLog.PLANNED_AGAIN + "', :why" + JobLog.OF_CHANGED)
    int planAgain(UUID id, @Nullable String plan, String owner, long version, String why);

    /** RUNNING to COMPLETED, if all units are done. */
    @NativeQuery("with changed as (update job set status = 'COMPLETED', ending = :result," + ENDED + "," + FREE + ","
            + NEXT_STEP + " where" + StepQueue.LEASED + " and status = 'RUNNING' and units_done = units"
            + " returning id, rows_written, work, " + SECONDS + " as seconds),"
            + " event as (insert into job_event (job_id, process, try, change, detail)"
            + " select id, :owner, :version, '" + JobLog.COMPLETED
            + "', to_char(rows_written, 'FM999,999,999,999,999,990') || case rows_written when 1 then ' row, '"
            + " else ' rows, ' end || to_char(work, 'FM999,999,999,999,999,990') || case work when 1 then ' byte, '"
            + " else ' bytes, ' end || round(seconds, 1) || ' s' from changed)"
            + " select rows_written as rows, work as bytes, cast(seconds as float8) as seconds from changed")
    Optional<JobLog.Completed> complete(UUID id, String owner, long version, String result, long retention);

    /** ACCEPTED or RUNNING to FAILED, by a step of the job itself that is given up. */
    @Modifying
    @NativeQuery("with changed as (update job set status = 'FAILED', ending = :reason," + ENDED + "," + FREE + ","
            + NEXT_STEP + " where" + StepQueue.LEASED + " and status in ('ACCEPTED', 'RUNNING')" + JobLog.EVENT + "'"
            + JobLog.FAILED + "', :reason" + JobLog.OF_CHANGED)
    int fail(UUID id, String owner, long version, String reason, long retention);

    /** Pauses an open job; false if it is paused already, empty if there is no such job. */
    @NativeQuery(
            OPEN + "changed as (update job set paused_at = clock_timestamp(), updated_at = clock_timestamp() from old"
                    + " where job.id = old.id and old.paused_at is null returning job.id)," + CHANGE_OF_OPEN)
    Optional<Boolean> pause(UUID id, String kind, String owner, String change);

    /**
     * Resumes a paused job; false if it is not paused, empty if there is no such job. The times since which steps have failed
     * move by the length of the pause.
     */
    @NativeQuery(OPEN + "changed as (update job set paused_at = null, paused_millis = job.paused_millis"
            + " + coalesce(cast(extract(epoch from clock_timestamp() - greatest(old.paused_at, started_at)) * 1000 as bigint)"
            + " * cast(started_at is not null as int), 0), failing_since = failing_since + (clock_timestamp()"
            + " - greatest(old.paused_at, failing_since)), updated_at = clock_timestamp() from old"
            + " where job.id = old.id and old.paused_at is not null returning job.id, old.paused_at),"
            + " units as (update work_unit set failing_since = failing_since + (clock_timestamp()"
            + " - greatest(changed.paused_at, failing_since)) from changed where job_id = changed.id and result is null"
            + " and fault is not null)," + CHANGE_OF_OPEN)
    Optional<Boolean> resume(UUID id, String kind, String owner, String change);

    /** Any other status to DISCARDED, but for a completed job that is published; gives whether it had not ended. */
    @NativeQuery("with changed as (" + DISCARD + "id = :id and kind = :kind and owner = :owner and not (published and"
            + " status = 'COMPLETED') returning finished_at) select finished_at is null from changed")
    Optional<Boolean> discard(UUID id, String kind, String owner);

    /** Any other status to DISCARDED, for jobs whose time is over. */
    @Transactional
    @NativeQuery(DISCARD + "not published and expires_at < clock_timestamp() returning id")
    List<UUID> expire();

    /** Publishes a job. */
    @Transactional
    @Modifying
    @NativeQuery("update job set published = true where id = :id")
    void publish(UUID id);

    /** Ends the publication of a job, and, if it is completed, its retention after these milliseconds. */
    @Transactional
    @Modifying
    @NativeQuery("update job set published = false, expires_at = case when status = 'COMPLETED'"
            + " then clock_timestamp() + :time * interval '1 ms' else expires_at end where id = :id")
    void unpublish(UUID id, long time);

    /** Keeps a completed job for at least these milliseconds from now on. */
    @Transactional
    @Modifying
    @NativeQuery(Jobs.EXTEND_RETENTION)
    int extendRetention(UUID id, long time);

    /**
     * Deletes the row of a discarded job if its files were erased before, or if no process let a lease of the job run out.
     * Otherwise a paused process may still make files visible.
     */
    @Modifying
    @NativeQuery("delete from job where" + StepQueue.LEASED
            + " and status = 'DISCARDED' and (erased or attempts <= 1 and"
            + " not exists (select from work_unit where job_id = :id and lease_owner is not null))")
    int delete(UUID id, String owner, long version);

    /** What a job made is erased. A discarded job is erased again, and removed, after a day. */
    @Modifying
    @NativeQuery("update job set erased = true, lease_owner = null, due_at = clock_timestamp() + interval '1 day'"
            + " where" + StepQueue.LEASED)
    int erased(UUID id, String owner, long version);

    /** Records that a step is started again, since the process of its last start did not end it. */
    @Modifying
    @NativeQuery(
            "insert into job_event (job_id, unit, process, try, change, detail) select id, cast(:unit as int), :owner,"
                    + " :version, '" + JobLog.TAKEN_OVER + "', :detail from job where id = :id")
    void takenOver(UUID id, @Nullable Integer unit, String owner, long version, String detail);

    /**
     * Has a job, of which everything was erased, erased again. If it is being erased at this time, the count of starts
     * keeps it from being removed, so that it is erased again after a day.
     *
     * @param version of the caller's lease of the job, which erases nothing; 0 if it has none
     */
    @Modifying
    @NativeQuery(
            "update job set erased = false,"
                    + " attempts = case when lease_owner is null then 0 else attempts + 1 end,"
                    + " due_at = case when lease_owner is null then clock_timestamp() else due_at end where id = :id"
                    + " and status in ('DISCARDED', 'FAILED') and (erased or lease_owner is not null and lease_version <> :version)")
    void eraseAgain(UUID id, long version);

    /**
     * Does not wait for the disk at the end of the transaction. A crash of PostgreSQL within the next second can lose this
     * transaction and later ones. Use it only for work that is repeated then.
     */
    @Modifying
    @NativeQuery("set local synchronous_commit to off")
    void commitAsynchronously();
}
