package dev.sluice.job;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * The state machine of a job: each change is one update whose condition is its guard, so that of two processes only one
 * can make it. The result is 1 if this call made it.
 */
@Transactional
interface JobRepository extends Repository<JobEntity, UUID> {
    JobEntity save(JobEntity job);

    Optional<JobEntity> findById(UUID id);

    /**
     * Has the calling transaction wait for those that record results of the job, and these for it; nothing if the job is
     * neither running nor completed.
     */
    @Query(
            nativeQuery = true,
            value = "select true from job where id = :id and status in ('RUNNING', 'COMPLETED') for no key update")
    Optional<Boolean> holdResults(UUID id);

    /** ACCEPTED to RUNNING. */
    @Modifying
    @Query(
            nativeQuery = true,
            value = "update job set status = 'RUNNING', plan = :plan, units = :units, work = :work, updated_at = :now,"
                    + " attempts = 0 where id = :id and status = 'ACCEPTED'")
    int start(UUID id, String plan, int units, long work, Instant now);

    /** What the plan of a job says for all units; null if a version of Sluice made it that did not record this. */
    @Query(nativeQuery = true, value = "select plan from job where id = :id")
    @Nullable
    String plan(UUID id);

    /** RUNNING to ACCEPTED, as if the job was never planned; not if a client has read pages of its results. */
    @Modifying
    @Query(
            nativeQuery = true,
            value =
                    "update job set status = 'ACCEPTED', plan = null, units = 0, units_done = 0, work = 0, attempts = 0,"
                            + " updated_at = :now where id = :id and status = 'RUNNING'"
                            + " and not exists (select from work_unit where job_id = :id and page is not null)")
    int planAgain(UUID id, Instant now);

    /** Counts a unit that is done. Updates of one job wait for each other, so exactly one sees the last one. */
    @Modifying
    @Query("update JobEntity j set j.unitsDone = j.unitsDone + 1, j.updatedAt = :now"
            + " where j.id = :id and j.status = RUNNING")
    int unitDone(UUID id, Instant now);

    @Query("select count(j) > 0 from JobEntity j where j.id = :id and j.status = RUNNING and j.unitsDone = j.units")
    boolean allUnitsDone(UUID id);

    /** RUNNING to COMPLETED. */
    @Modifying
    @Query("update JobEntity j set j.status = COMPLETED, j.ending = :result, j.updatedAt = :now, j.finishedAt = :now,"
            + " j.expiresAt = :expires where j.id = :id and j.status = RUNNING and j.unitsDone = j.units")
    int complete(UUID id, String result, Instant now, Instant expires);

    /** ACCEPTED or RUNNING to FAILED. */
    @Modifying
    @Query("update JobEntity j set j.status = FAILED, j.ending = :reason, j.updatedAt = :now, j.finishedAt = :now,"
            + " j.expiresAt = :expires where j.id = :id and j.status in (ACCEPTED, RUNNING)")
    int fail(UUID id, String reason, Instant now, Instant expires);

    /** Any other status to DISCARDED. */
    @Modifying
    @Query("update JobEntity j set j.status = DISCARDED, j.updatedAt = :now"
            + " where j.id = :id and j.kind = :kind and j.status <> DISCARDED")
    int discard(UUID id, String kind, Instant now);

    /** Any other status to DISCARDED, if the job's time is over. */
    @Modifying
    @Query("update JobEntity j set j.status = DISCARDED, j.updatedAt = :now"
            + " where j.id = :id and j.expiresAt < :now and j.status <> DISCARDED")
    int expire(UUID id, Instant now);

    /** Has a completed job live until then at least. */
    @Modifying
    @Query("update JobEntity j set j.expiresAt = case when j.expiresAt < :until then :until else j.expiresAt end"
            + " where j.id = :id and j.status = COMPLETED")
    int keep(UUID id, Instant until);

    /** What was begun has ended, in whatever way. */
    @Modifying
    @Query("update JobEntity j set j.attempts = j.attempts - 1 where j.id = :id and j.attempts > 0")
    void ended(UUID id);

    @Modifying
    @Query("update JobEntity j set j.updatedAt = :now where j.id = :id and j.status = RUNNING")
    void touch(UUID id, Instant now);

    /** What a failed job made is erased. */
    @Modifying
    @Query("update JobEntity j set j.erased = true where j.id = :id and j.status = FAILED")
    void erased(UUID id);

    @Modifying
    @Query("delete from JobEntity j where j.id = :id and j.status = DISCARDED")
    void delete(UUID id);

    @Query("select j.id from JobEntity j where j.id in :ids and j.status = RUNNING")
    List<UUID> running(Collection<UUID> ids);

    @Query("select j.id from JobEntity j where j.expiresAt < :now and j.status <> DISCARDED")
    List<UUID> expired(Instant now);

    /** Jobs that wait for a step which nobody will do, because it is not on the agenda. */
    @Query(
            nativeQuery = true,
            value = "select j.id from job j where (:step = 'plan' and j.status = 'ACCEPTED'"
                    + " or :step = 'finish' and j.status = 'RUNNING' and j.units_done = j.units"
                    + " or :step = 'erase' and (j.status = 'DISCARDED' or j.status = 'FAILED' and not j.erased))"
                    + " and not exists (select from scheduled_tasks t"
                    + " where split_part(t.task_name, '@', 1) = :step and t.task_instance = j.id::text)")
    List<UUID> stranded(String step);

    /** Of the last jobs with something to do; the time of small ones says little of large ones. */
    @Query(
            nativeQuery = true,
            value =
                    "select sum(work) / nullif(sum(extract(epoch from finished_at - created_at)), 0)::float8 from (select"
                            + " work, created_at, finished_at from job where kind = :kind and status = 'COMPLETED' and work > 0"
                            + " order by finished_at desc limit 20) last")
    @Nullable
    Double bytesPerSecond(String kind);
}
