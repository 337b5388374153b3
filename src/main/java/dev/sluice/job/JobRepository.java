package dev.sluice.job;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
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

    /** ACCEPTED to RUNNING. */
    @Modifying
    @Query("update JobEntity j set j.status = RUNNING, j.units = :units, j.work = :work, j.updatedAt = :now"
            + " where j.id = :id and j.status = ACCEPTED")
    int start(UUID id, int units, long work, Instant now);

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

    @Modifying
    @Query("update JobEntity j set j.updatedAt = :now where j.id = :id and j.status = RUNNING")
    void touch(UUID id, Instant now);

    @Modifying
    @Query("delete from JobEntity j where j.id = :id and j.status = DISCARDED")
    void delete(UUID id);

    @Query("select j.id from JobEntity j where j.id in :ids and j.status = RUNNING")
    List<UUID> running(Collection<UUID> ids);

    @Query("select j from JobEntity j where j.expiresAt < :now and j.status <> DISCARDED")
    List<JobEntity> expired(Instant now);
}
