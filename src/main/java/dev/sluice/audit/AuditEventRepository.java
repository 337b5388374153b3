package dev.sluice.audit;

import java.time.Instant;
import java.util.List;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.repository.Repository;

/** The events. They are only added. */
interface AuditEventRepository extends Repository<AuditEventEntity, Long> {
    AuditEventEntity saveAndFlush(AuditEventEntity event);

    /** Has the transaction not wait for the disk at its end: a crash of PostgreSQL within the second after it loses it. */
    @Modifying
    @NativeQuery("set local synchronous_commit to off")
    void commitAsynchronously();

    /** The next events after one, in the order of their times. */
    @NativeQuery(
            "select * from audit_event where (recorded_at, id) > (:time, :id) order by recorded_at, id limit :most")
    List<AuditEventEntity> after(Instant time, long id, int most);
}
