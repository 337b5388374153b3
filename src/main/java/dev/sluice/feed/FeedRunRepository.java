package dev.sluice.feed;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.repository.Repository;

/** The runs of feeds. */
interface FeedRunRepository extends Repository<FeedRunEntity, Long> {
    /** A run that became a link later ago than the retention of its feed. */
    String OLD =
            "s.status = 'COMPLETED' and s.ended_at < clock_timestamp() - least(f.retention, :longest) * interval '1 s'";

    /** The runs of a feed before this one, the latest first. */
    @NativeQuery("select * from feed_run where feed = :feed and id < :before order by id desc limit :count")
    List<FeedRunEntity> findBefore(String feed, long before, int count);

    @NativeQuery("select * from feed_run where status = 'RUNNING' order by id")
    List<FeedRunEntity> open();

    @NativeQuery("select * from feed_run where feed = :feed and status = 'RUNNING'")
    List<FeedRunEntity> open(String feed);

    /** The link with the highest number. */
    @NativeQuery(
            "select * from feed_run where feed = :feed and status = 'COMPLETED' order by number desc, kind limit 1")
    Optional<FeedRunEntity> latest(String feed);

    /** The link with the highest number that is a snapshot. */
    @NativeQuery("select * from feed_run where feed = :feed and status = 'COMPLETED' and kind = 'SNAPSHOT'"
            + " order by number desc limit 1")
    Optional<FeedRunEntity> latestSnapshot(String feed);

    /** The link of a kind with this number. */
    @NativeQuery("select * from feed_run where feed = :feed and status = 'COMPLETED' and kind = :kind"
            + " and number = :number")
    Optional<FeedRunEntity> link(String feed, String kind, int number);

    @Modifying
    @NativeQuery("insert into feed_run (feed, job, kind, chain, number, since, transaction_time, content, status)"
            + " values (:feed, :job, :kind, :chain, :number, cast(:since as timestamptz),"
            + " cast(:transactionTime as timestamptz), :content, 'RUNNING')")
    void insert(
            String feed,
            UUID job,
            String kind,
            int chain,
            int number,
            @Nullable Instant since,
            Instant transactionTime,
            String content);

    /** Records a run that did not start. */
    @Modifying
    @NativeQuery("insert into feed_run (feed, kind, chain, number, status, problem, ended_at)"
            + " values (:feed, :kind, :chain, :number, 'FAILED', :problem, clock_timestamp())")
    void insertFailed(String feed, String kind, int chain, int number, String problem);

    /** RUNNING to another status; 1 if no other process was faster. */
    @Modifying
    @NativeQuery("update feed_run set status = :status, problem = cast(:problem as text), ended_at = clock_timestamp()"
            + " where id = :id and status = 'RUNNING'")
    int end(long id, String status, @Nullable String problem);

    /**
     * Gives up the links that no follower needs, and returns their jobs: a snapshot after a newer one, and a delta after a
     * snapshot that has its changes and a link that follows it, each for the time of the retention.
     *
     * @param longest the longest retention in seconds, also of feeds that have a longer one
     */
    @NativeQuery("update feed_run r set erased_at = clock_timestamp() from feed f where f.name = r.feed"
            + " and r.status = 'COMPLETED' and r.erased_at is null"
            + " and exists (select from feed_run s where s.feed = r.feed and s.kind = 'SNAPSHOT' and " + OLD
            + " and (s.number > r.number or r.kind = 'DELTA' and s.number = r.number))"
            + " and exists (select from feed_run s where s.feed = r.feed and s.number > r.number and " + OLD + ")"
            + " returning r.job")
    List<UUID> erase(long longest);

    /** The jobs whose files are not given up. */
    @NativeQuery("select job from feed_run where feed = :feed and job is not null and erased_at is null"
            + " and status <> 'FAILED'")
    List<UUID> jobs(String feed);

    /** Removes the oldest runs of all feeds that are neither links nor recent. */
    @Modifying
    @NativeQuery(
            "delete from feed_run r using (select id, row_number() over (partition by feed order by id desc) as place"
                    + " from feed_run) p where p.id = r.id and p.place > :kept"
                    + " and (r.erased_at is not null or r.status = 'FAILED')")
    int removeOld(int kept);
}
