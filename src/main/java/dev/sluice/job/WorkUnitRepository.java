package dev.sluice.job;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;
import org.springframework.transaction.annotation.Transactional;

/** The units of jobs. */
@Transactional
interface WorkUnitRepository extends Repository<WorkUnitEntity, Long> {
    List<WorkUnitEntity> saveAll(Iterable<WorkUnitEntity> units);

    Optional<WorkUnitEntity> findById(long id);

    @Query("select u.result from WorkUnitEntity u where u.jobId = :jobId order by u.ordinal")
    List<String> results(UUID jobId);

    /** Records a result; 0 if the unit has one already, from a process that was thought dead. */
    @Modifying
    @Query("update WorkUnitEntity u set u.result = :result, u.done = u.work where u.id = :id and u.result is null")
    int complete(long id, String result);

    /** Whether the first unit of the plan has ended. */
    @Query(
            "select count(u) > 0 from WorkUnitEntity u where u.jobId = :jobId and u.ordinal = 0 and u.result is not null")
    boolean begins(UUID jobId);

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

    /** Results on closed pages from one to another, in the order of the plan. */
    @Query("select u.result from WorkUnitEntity u where u.jobId = :jobId and u.page between :first and :last"
            + " order by u.ordinal")
    List<String> paged(UUID jobId, int first, int last);

    /** Forgets the units of a job that is planned again. */
    @Modifying
    @Query("delete from WorkUnitEntity u where u.jobId = :jobId")
    void deleteAll(UUID jobId);

    @Modifying
    @Query("update WorkUnitEntity u set u.done = :done, u.heldBy = :heldBy where u.id = :id and u.result is null")
    void progress(long id, long done, @Nullable String heldBy);

    @Query("select coalesce(sum(u.done), 0) from WorkUnitEntity u where u.jobId = :jobId")
    long done(UUID jobId);

    /** What holds units of the job back at present. */
    @Query("select max(u.heldBy) from WorkUnitEntity u where u.jobId = :jobId and u.result is null")
    @Nullable
    String heldBy(UUID jobId);

    /** What was begun has ended, in whatever way. */
    @Modifying
    @Query("update WorkUnitEntity u set u.attempts = u.attempts - 1 where u.id = :id and u.attempts > 0")
    void ended(long id);

    /** Units that nobody will run, because they are not on the agenda. */
    @Query(
            nativeQuery = true,
            value = "select u.* from work_unit u join job j on j.id = u.job_id"
                    + " where j.status = 'RUNNING' and u.result is null and not exists (select from scheduled_tasks t"
                    + " where split_part(t.task_name, '@', 1) = 'run' and t.task_instance = u.id::text)")
    List<WorkUnitEntity> stranded();
}
