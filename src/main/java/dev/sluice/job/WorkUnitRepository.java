package dev.sluice.job;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
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

    @Modifying
    @Query("update WorkUnitEntity u set u.done = :done where u.id = :id and u.result is null")
    void progress(long id, long done);

    @Query("select coalesce(sum(u.done), 0) from WorkUnitEntity u where u.jobId = :jobId")
    long done(UUID jobId);

    /** Units of a job that some process holds at this moment. */
    @Query(
            nativeQuery = true,
            value = "select count(*) from scheduled_tasks t join work_unit u on t.task_instance = u.id::text"
                    + " where t.task_name = 'run' and t.picked and u.job_id = :jobId")
    long held(UUID jobId);
}
