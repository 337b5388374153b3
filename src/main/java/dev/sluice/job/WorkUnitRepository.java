package dev.sluice.job;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

/** The units of jobs, and the pages of their results. */
interface WorkUnitRepository extends Repository<WorkUnitEntity, Long> {
    /**
     * A change of a unit, and of its job, by the holder of the unit. The caller has locked the row of the job, which runs: all
     * transactions that change both rows lock that of the job first, so that no two of them can be in a deadlock.
     */
    String FREE_UNIT = "with unit as (update work_unit set" + JobRepository.FREE;

    String OF_RUNNING = " where job_id = :jobId and result is null and" + StepQueue.LEASED
            + " returning job_id, ordinal, work, rows, rows_written)";

    String OF_UNIT = " from unit where job.id = unit.job_id";

    /**
     * Locks the row of a job for the calling transaction, whose next statement changes it. A statement that locks the row
     * and changes it would see it as it was before the lock, and could be in a deadlock with another one that waits for it.
     *
     * @return whether the job runs; empty if there is no such job
     */
    @NativeQuery("select status = 'RUNNING' from job where id = :id for no key update")
    Optional<Boolean> lock(UUID id);

    /**
     * The same for a job that runs, empty if it does not; and {@link JobRepository#commitAsynchronously}, so that the end of
     * a unit takes one exchange with the database less.
     */
    @NativeQuery("select true from job where id = :id and status = 'RUNNING'"
            + " and set_config('synchronous_commit', 'off', true) = 'off' for no key update")
    Optional<Boolean> lockRunning(UUID id);

    /** Locks a job for the process that has its lease; empty if it has lost it. */
    @NativeQuery("select true from job where" + StepQueue.LEASED + " for no key update")
    Optional<Boolean> lockLeased(UUID id, String owner, long version);

    /** Records the units of a plan, in its order, by one statement for any number of them. */
    @Modifying
    @NativeQuery("insert into work_unit (job_id, ordinal, payload, work, done, parts, rows)"
            + " select :jobId, n - 1, payload, work, 0, cast(parts as jsonb), rows from unnest(cast(:payloads as text[]),"
            + " cast(:work as bigint[]), cast(:parts as text[]), cast(:rows as bigint[]))"
            + " with ordinality as plan (payload, work, parts, rows, n) order by n")
    void insert(UUID jobId, String[] payloads, Long[] work, String[] parts, @Nullable Long[] rows);

    /** Records the result of a unit, and counts it; 1 if the lease holds. */
    @Modifying
    @NativeQuery(FREE_UNIT + ", result = :result, done = work, throttled_by = null, fault = null,"
            + " rows_written = cast(:written as bigint), source = cast(:source as text),"
            + " updated_at = clock_timestamp()" + OF_RUNNING
            + " update job set units_done = units_done + 1, work_done = work_done + unit.work,"
            + " rows_done = rows_done + coalesce(unit.rows, unit.rows_written, 0),"
            + " rows_written = job.rows_written + coalesce(unit.rows_written, 0), turn_at = clock_timestamp(),"
            + " updated_at = clock_timestamp()" + OF_UNIT)
    int complete(
            UUID jobId,
            long id,
            String owner,
            long version,
            String result,
            @Nullable Long written,
            @Nullable String source);

    /**
     * Records how much of a unit is in the store; 1 if the lease holds, and the job runs. It changes the row of the unit only,
     * and must be the last statement of its transaction, which then waits for no other lock. So it can be in no deadlock with
     * those that lock the row of the job first, and they do not wait for what the transaction wrote before.
     */
    @Modifying
    @NativeQuery("update work_unit set checkpoint = :checkpoint where" + StepQueue.LEASED + " and result is null"
            + " and exists (select from job where id = :jobId and status = 'RUNNING' and paused_at is null)")
    int recordCheckpoint(UUID jobId, long id, String owner, long version, String checkpoint);

    /** What was recorded last of a unit. */
    @NativeQuery("select checkpoint from work_unit where id = :id")
    Optional<String> checkpoint(long id);

    /** A unit of the job has ended, so that the next one is of another job. */
    @Modifying
    @NativeQuery("update job set turn_at = clock_timestamp() where id = :jobId")
    void takeTurn(UUID jobId);

    /** RUNNING to FAILED, by a unit that is given up, of a job that the caller has seen run; 1 if the lease holds. */
    @Modifying
    @NativeQuery(FREE_UNIT + OF_RUNNING + ", changed as (update job set status = 'FAILED', ending = :reason,"
            + JobRepository.ENDED + "," + JobRepository.NEXT_STEP + OF_UNIT + " returning job.id, unit.ordinal)"
            + " insert into job_event (job_id, unit, process, try, change, detail)"
            + " select id, ordinal, :owner, :version, '" + JobLog.FAILED + "', :reason" + JobLog.OF_CHANGED)
    int fail(UUID jobId, long id, String owner, long version, String reason, long retention);

    /** The results of a job's units, in the order of the plan. */
    @Query("select u.result from WorkUnitEntity u where u.jobId = :jobId order by u.ordinal")
    List<String> results(UUID jobId);

    /** Whether the first unit of the plan has ended. */
    @Query(
            "select count(u) > 0 from WorkUnitEntity u where u.jobId = :jobId and u.ordinal = 0 and u.result is not null")
    boolean isFirstDone(UUID jobId);

    /** Results that are on no page yet. */
    @Query("select u.result from WorkUnitEntity u where u.jobId = :jobId and u.page is null and u.result is not null"
            + " order by u.ordinal")
    List<String> unpaged(UUID jobId);

    /** Puts results that are on no page yet on this one. */
    @Modifying
    @Query("update WorkUnitEntity u set u.page = :page"
            + " where u.jobId = :jobId and u.page is null and u.result is not null")
    void closePage(UUID jobId, int page);

    /** The number of closed pages. */
    @Query("select coalesce(max(u.page), 0) from WorkUnitEntity u where u.jobId = :jobId")
    int pages(UUID jobId);

    /** The results on a closed page, in the order of the plan. */
    @Query("select u.result from WorkUnitEntity u where u.jobId = :jobId and u.page = :page order by u.ordinal")
    List<String> paged(UUID jobId, int page);

    /** Removes the units of a job that is planned again. */
    @Modifying
    @Query("delete from WorkUnitEntity u where u.jobId = :jobId")
    void deleteAll(UUID jobId);

    /** Removes the units of a failed job that will not run any more. */
    @Modifying
    @Query("delete from WorkUnitEntity u where u.jobId = :jobId and u.result is null")
    void deleteOpen(UUID jobId);

    /**
     * Changes when the units of an open job, whose row the caller has locked, are leased; false if it has this priority
     * already, empty if there is no such job.
     */
    @NativeQuery("with old as materialized (select id, priority from job where id = :id and kind = :kind"
            + " and status in ('ACCEPTED', 'RUNNING')), changed as (update job set priority = :priority"
            + " from old where job.id = old.id and old.priority <> :priority returning job.id)"
            + " select exists (select from changed) from old")
    Optional<Boolean> prioritize(UUID id, String kind, int priority);
}
