package dev.sluice.audit;

import java.time.Instant;
import java.util.List;
import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.repository.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** The events. They are only added. */
interface AuditEventRepository extends Repository<AuditEventEntity, Long> {
    AuditEventEntity saveAndFlush(AuditEventEntity event);

    /**
     * Records an event by one statement, which is a transaction by itself and does not wait for the disk. A crash of
     * PostgreSQL within the next second can lose it.
     *
     * @param columns {@link AuditEventEntity#columns()}
     */
    @Transactional(propagation = Propagation.NEVER)
    @NativeQuery("""
            with event as (
                insert into audit_event (activity, outcome, issuer, client, address, subject, detail, amount)
                select activity, outcome, issuer, client, address, subject, detail, amount
                from jsonb_populate_record(null::audit_event, cast(:columns as jsonb))
                where set_config('synchronous_commit', 'off', true) = 'off'
                returning *)
            select * from event
            """)
    AuditEventEntity recordAsynchronously(String columns);

    /** The next events after one, in the order of their times. */
    @NativeQuery(
            "select * from audit_event where (recorded_at, id) > (:time, :id) order by recorded_at, id limit :most")
    List<AuditEventEntity> after(Instant time, long id, int most);
}
