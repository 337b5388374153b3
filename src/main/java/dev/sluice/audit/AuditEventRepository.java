package dev.sluice.audit;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.repository.Repository;

/** Reads the events. {@link Audit} adds them. */
interface AuditEventRepository extends Repository<AuditEventEntity, Long> {
    /**
     * The newest events that match, among those of a time; null = any.
     *
     * @param searched at most so many events of the time are looked at
     */
    @NativeQuery("""
            select * from (
                select * from audit_event where recorded_at >= :from and (recorded_at, id) < (:to, :id)
                order by recorded_at desc, id desc limit :searched) e
            where (cast(:client as text) is null or position(lower(:client) in lower(client)) > 0)
                and (cast(:subject as text) is null or subject = :subject)
                and (cast(:activity as text) is null or activity = :activity)
            order by recorded_at desc, id desc limit :most
            """)
    List<AuditEventEntity> search(
            Instant from,
            Instant to,
            long id,
            @Nullable String client,
            @Nullable String subject,
            @Nullable String activity,
            int searched,
            int most);

    /** The last event that {@link #search} looks at; null if it looks at all of the time. */
    @NativeQuery("""
            select * from audit_event where recorded_at >= :from and (recorded_at, id) < (:to, :id)
            order by recorded_at desc, id desc offset :searched - 1 limit 1
            """)
    @Nullable
    AuditEventEntity lastSearched(Instant from, Instant to, long id, int searched);

    /** The next events after one, in the order of their times. */
    @NativeQuery(
            "select * from audit_event where (recorded_at, id) > (:time, :id) order by recorded_at, id limit :most")
    List<AuditEventEntity> after(Instant time, long id, int most);
}
