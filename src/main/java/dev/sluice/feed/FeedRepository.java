package dev.sluice.feed;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.repository.Repository;
import org.springframework.transaction.annotation.Transactional;

/** The feeds. All times that are compared are those of the database. */
interface FeedRepository extends Repository<FeedEntity, String> {
    /** How long a process has to start a run that it has claimed. */
    String CLAIMED = "clock_timestamp() + interval '1 minute'";

    /** The key of the advisory lock of definitions; outside the range of the locks of other packages. */
    long DEFINE_LOCK = 0x51CF_0000_0000_0004L;

    Optional<FeedEntity> findById(String name);

    List<FeedEntity> findAllByOrderByName();

    List<FeedEntity> findAllByOwnerOrderByName(String owner);

    /** Has other transactions that define a feed wait for the end of the calling one, so that feeds can be counted. */
    @NativeQuery("select true where pg_advisory_xact_lock(" + DEFINE_LOCK + ") is not null")
    boolean lockDefinitions();

    /**
     * Creates a feed, or changes it. The transaction has called {@link #lockDefinitions}.
     *
     * @param isNew whether no feed is changed
     * @param any whether the feed of another owner may be changed
     * @param most no feed is created if there are as many
     * @param mostOfOwner the same of those of the owner
     * @return 0 if the feed exists and is not changed, or is not created
     */
    @Transactional
    @Modifying
    @NativeQuery("insert into feed (name, owner, scopes, base, export, lenient, cron, zone, retention, snapshot_every,"
            + " enabled, due_at) select :name, :owner, :scopes, :base, :export, :lenient, :cron, :zone, :retention,"
            + " :snapshotEvery, :enabled, cast(:dueAt as timestamptz) where exists (select from feed where name = :name)"
            + " or ((select count(*) from feed) < :most"
            + " and (select count(*) from feed where owner = :owner) < :mostOfOwner)"
            + " on conflict (name) do update set"
            + " owner = excluded.owner, scopes = excluded.scopes, base = excluded.base, export = excluded.export,"
            + " lenient = excluded.lenient, cron = excluded.cron, zone = excluded.zone,"
            + " retention = excluded.retention, snapshot_every = excluded.snapshot_every, enabled = excluded.enabled,"
            + " due_at = excluded.due_at, changed_at = clock_timestamp(),"
            + " problem = null where not :isNew and (feed.owner = excluded.owner or :any)")
    int put(
            String name,
            String owner,
            String scopes,
            String base,
            String export,
            boolean lenient,
            String cron,
            String zone,
            long retention,
            int snapshotEvery,
            boolean enabled,
            Instant dueAt,
            boolean isNew,
            boolean any,
            int most,
            int mostOfOwner);

    long count();

    int countByOwner(String owner);

    @NativeQuery("select clock_timestamp()")
    Instant now();

    @Transactional
    @Modifying
    @NativeQuery("update feed set enabled = :enabled, due_at = cast(:dueAt as timestamptz),"
            + " changed_at = clock_timestamp() where name = :name")
    int enable(String name, boolean enabled, Instant dueAt);

    @Modifying
    @NativeQuery("delete from feed where name = :name")
    int delete(String name);

    /** When a feed was changed last, and when the run of its latest link started and ended. */
    interface Progress {
        String getName();

        Instant getChangedAt();

        @Nullable
        Instant getStartedAt();

        @Nullable
        Instant getEndedAt();
    }

    @NativeQuery("select f.name, f.changed_at, l.started_at, l.ended_at from feed f left join lateral"
            + " (select started_at, ended_at from feed_run where feed = f.name and status = 'COMPLETED'"
            + " order by number desc, kind limit 1) l on true")
    List<Progress> progress();

    /** Of each owner, the feed whose run has been due for the longest time. */
    @NativeQuery("select * from (select distinct on (owner) * from feed where enabled and due_at <= clock_timestamp()"
            + " order by owner, due_at) f order by due_at")
    List<FeedEntity> due();

    /** Has other processes not start the run that is due; 1 if no other process was faster. */
    @Transactional
    @Modifying
    @NativeQuery(
            "update feed set due_at = " + CLAIMED + " where name = :name and enabled and due_at <= clock_timestamp()")
    int claim(String name);

    /** Locks the row of a feed until the end of the transaction; empty if it does not exist any more. */
    @NativeQuery("select true from feed where name = :name for no key update")
    Optional<Boolean> lock(String name);

    /** Sets the time of the next run. */
    @Transactional
    @Modifying
    @NativeQuery("update feed set due_at = cast(:dueAt as timestamptz) where name = :name")
    void schedule(String name, Instant dueAt);

    List<FeedEntity> findAllByEnabledTrue();

    /** Sets the time of the next run, unless it was set meanwhile. */
    @Transactional
    @Modifying
    @NativeQuery("update feed set due_at = cast(:dueAt as timestamptz)"
            + " where name = :name and due_at = cast(:former as timestamptz)")
    int correct(String name, Instant dueAt, Instant former);

    /** Says why no run starts at this time, and when it is tried again. */
    @Transactional
    @Modifying
    @NativeQuery("update feed set due_at = " + CLAIMED + ", problem = :problem where name = :name")
    void postpone(String name, String problem);

    @Modifying
    @NativeQuery("update feed set problem = cast(:problem as text) where name = :name")
    void report(String name, @Nullable String problem);
}
