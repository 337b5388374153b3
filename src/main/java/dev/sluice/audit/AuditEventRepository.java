package dev.sluice.audit;

import java.time.Instant;
import java.util.List;
import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.repository.Repository;

/** Reads the events. {@link Audit} adds them. */
interface AuditEventRepository extends Repository<AuditEventEntity, Long> {
    /** The next events after one, in the order of their times. */
    @NativeQuery(
            "select * from audit_event where (recorded_at, id) > (:time, :id) order by recorded_at, id limit :most")
    List<AuditEventEntity> after(Instant time, long id, int most);
}
