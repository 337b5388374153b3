package dev.sluice.job;

import com.github.kagkarlsson.scheduler.task.TaskDescriptor;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * What has to be done next for a job, kept by db-scheduler in the caller's transaction: recorded together with the change
 * that asks for it, or not at all. This process looks at it as soon as the transaction is committed.
 *
 * <p>An entry that this process was given is named by its {@link Lease}; what is done with a lease that is lost by now
 * changes nothing, and says so.
 */
@Component
class Agenda {
    static final TaskDescriptor<Void> PLAN = TaskDescriptor.of("plan");
    static final TaskDescriptor<Void> RUN = TaskDescriptor.of("run");
    static final TaskDescriptor<Void> FINISH = TaskDescriptor.of("finish");
    static final TaskDescriptor<Void> ERASE = TaskDescriptor.of("erase");

    /** Short steps overtake units, so that a cancelled or finished job does not wait behind a large one. */
    static final int SOON = 100;

    /** The first unit of a plan goes before the others, also when it is begun anew: those who read pages wait for it. */
    static final int FIRST = 75;

    static final int IN_TURN = 50;

    /** Stands in the name of a task between the step and the share that it runs in; of the first share both are missing. */
    static final char AT = '@';

    private static final String HELD = " task_name = :task and task_instance = :instance and picked"
            + " and picked_by = :holder and version = :version";

    private static final String FREE =
            "update scheduled_tasks set picked = false, picked_by = null, last_heartbeat = null,"
                    + " execution_time = clock_timestamp() + :pause * interval '1 ms', version = version + 1";

    /** How far the unit of a step was seen to be at its last try; a step of another kind is never further. */
    private static final String DONE = " coalesce((select u.done from work_unit u"
            + " where u.id = case when split_part(task_name, '@', 1) = 'run' then task_instance::bigint end), 0)";

    /** Whether a unit got further than at any try before, by a hundredth of its work: so there is an end to it. */
    private static final String FURTHER = DONE + " > coalesce(reached, 0) + coalesce((select u.work from work_unit u"
            + " where u.id = case when split_part(task_name, '@', 1) = 'run' then task_instance::bigint end), 0) / 100";

    private final ObjectProvider<WorkerPools> pools;
    private final Shares shares;
    private final JdbcClient jdbc;
    private final Clock clock;

    /**
     * A step that fails.
     *
     * @param times how often it has failed in a row since then
     * @param millis since it failed first, or last got further than before
     */
    record Failing(int times, long millis) {
        Duration time() {
            return Duration.ofMillis(millis);
        }
    }

    /** The pools are looked up late: they need the tasks, and these need the agenda. */
    Agenda(ObjectProvider<WorkerPools> pools, Shares shares, JdbcClient jdbc, Clock clock) {
        this.pools = pools;
        this.shares = shares;
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /** The task of a step in a share. */
    static TaskDescriptor<Void> in(String share, TaskDescriptor<Void> step) {
        return share.isEmpty() ? step : TaskDescriptor.of(step.getTaskName() + AT + share);
    }

    /** The step that a task is of. */
    static String step(String task) {
        int at = task.indexOf(AT);
        return at < 0 ? task : task.substring(0, at);
    }

    /** A task as people call it. */
    static String named(String task) {
        String step = step(task);
        return step.equals(RUN.getTaskName()) ? "a unit" : "the step '" + step + "'";
    }

    /** The share in which the steps of a kind of job run. */
    String shareOf(String kind) {
        return shares.of(kind);
    }

    void plan(UUID job, String share) {
        add(PLAN, job, share);
    }

    void run(List<Long> units, int priority, String share) {
        TaskDescriptor<Void> run = in(share, RUN);
        List<TaskInstance<?>> instances = units.stream()
                .<TaskInstance<?>>map(
                        id -> run.instance(Long.toString(id)).priority(priority).build())
                .toList();
        pools.getObject().client().scheduleBatch(instances, clock.instant());
        lookAfterCommit(share);
    }

    void finish(UUID job, String share) {
        add(FINISH, job, share);
    }

    /** What a job made is to be erased; its units that wait need not run any more. */
    void erase(UUID job, String share) {
        withdraw(job);
        add(ERASE, job, share);
    }

    /** The units of a job that wait need not run any more. */
    void withdraw(UUID job) {
        jdbc.sql("delete from scheduled_tasks t using work_unit u where split_part(t.task_name, '@', 1) = 'run'"
                        + " and t.task_instance = u.id::text and u.job_id = :job and not t.picked")
                .param("job", job)
                .update();
    }

    /** Whether the holder of a unit's lease may make its work visible: the lease holds, and the unit is still wanted. */
    boolean lets(Lease lease) {
        String wanted = "select from scheduled_tasks, work_unit u join job j on j.id = u.job_id where" + HELD
                + " and u.id = :unit and u.result is null and j.status = 'RUNNING'";
        return held("select exists (" + wanted + ")", lease)
                .param("unit", lease.unit())
                .query(Boolean.class)
                .single();
    }

    /**
     * Has the caller's transaction not wait for the disk at its end. If PostgreSQL crashes within the second after it, it
     * has not been, and neither has anything that was recorded later. For what is then done again.
     */
    void hurry() {
        jdbc.sql("set local synchronous_commit to off").update();
    }

    /** A step begins; returns how often it has, without an end that anybody heard of. */
    int begun(Lease lease) {
        String count = lease.isUnit()
                ? "update work_unit set attempts = attempts + 1, held_by = null where id = :id::bigint returning attempts"
                : "update job set attempts = attempts + 1 where id = :id::uuid returning attempts";
        return jdbc.sql(count)
                .param("id", lease.instance())
                .query(Integer.class)
                .optional()
                .orElse(0);
    }

    /** The step is done. */
    boolean drop(Lease lease) {
        return held("delete from scheduled_tasks where" + HELD, lease).update() == 1;
    }

    /** The step is to be done again after a pause, by anybody; it did not fail. */
    boolean again(Lease lease, Duration pause) {
        return held(FREE + " where" + HELD, lease)
                        .param("pause", pause.toMillis())
                        .update()
                == 1;
    }

    /** A step that has failed, with this time; says how often and for how long it has got no further. */
    Optional<Failing> failing(Lease lease) {
        return held(
                        "select case when" + FURTHER
                                + " then 1 else :times end as times, (extract(epoch from clock_timestamp() - coalesce(case when"
                                + FURTHER
                                + " then null else failing_since end, clock_timestamp())) * 1000)::bigint as millis"
                                + " from scheduled_tasks where" + HELD,
                        lease)
                .param("times", lease.failures() + 1)
                .query(Failing.class)
                .optional();
    }

    /** The same as {@link #again} for a step that has failed, which is recorded with the reason. */
    boolean failed(Lease lease, Duration pause, String fault) {
        String record = ", consecutive_failures = case when" + FURTHER
                + " then 1 else coalesce(consecutive_failures, 0) + 1 end, fault = :fault, failing_since ="
                + " case when failing_since is null or" + FURTHER
                + " then clock_timestamp() else failing_since end,"
                + " reached = greatest(coalesce(reached, 0)," + DONE + ") where";
        return held(FREE + record + HELD, lease)
                        .param("pause", pause.toMillis())
                        .param("fault", fault)
                        .update()
                == 1;
    }

    /** The step of a job that waits after the most failures, or is tried once more. */
    Optional<Job.Trouble> trouble(UUID job) {
        return jdbc.sql("select t.task_name as step, t.consecutive_failures as failures, t.fault from scheduled_tasks t"
                        + " where t.fault is not null and (t.task_instance = :job::text or t.task_instance in"
                        + " (select u.id::text from work_unit u where u.job_id = :job and u.result is null))"
                        + " order by t.consecutive_failures desc limit 1")
                .param("job", job)
                .query(Job.Trouble.class)
                .optional();
    }

    /** Whether some process may be at work for the job: holds one of its units, plans it or finishes it. */
    boolean holds(UUID job) {
        return jdbc.sql(
                        "select exists (select from scheduled_tasks t join work_unit u on t.task_instance = u.id::text"
                                + " where split_part(t.task_name, '@', 1) = 'run' and t.picked and u.job_id = :job) or exists (select from"
                                + " scheduled_tasks where split_part(task_name, '@', 1) in ('plan', 'finish') and picked and task_instance = :job::text)")
                .param("job", job)
                .query(Boolean.class)
                .single();
    }

    /**
     * Puts entries right whose times make no sense, since the database's clock was set back: those that wait for longer
     * than any pause, and those whose process was heard of in the future. Then this process looks at what is due.
     */
    void straighten() {
        jdbc.sql("update scheduled_tasks set execution_time = clock_timestamp()"
                        + " where not picked and execution_time > clock_timestamp() + interval '2 minutes'")
                .update();
        jdbc.sql("update scheduled_tasks set last_heartbeat = clock_timestamp()"
                        + " where picked and last_heartbeat > clock_timestamp() + interval '15 seconds'")
                .update();
        pools.getObject().look();
    }

    private JdbcClient.StatementSpec held(String sql, Lease lease) {
        return jdbc.sql(sql)
                .param("task", lease.task())
                .param("instance", lease.instance())
                .param("holder", lease.holder())
                .param("version", lease.version());
    }

    private void add(TaskDescriptor<Void> step, UUID job, String share) {
        pools.getObject()
                .client()
                .scheduleIfNotExists(
                        in(share, step).instance(job.toString()).priority(SOON).build(), clock.instant());
        lookAfterCommit(share);
    }

    private void lookAfterCommit(String share) {
        if (!TransactionSynchronizationManager.isSynchronizationActive()) {
            pools.getObject().look(share);
            return;
        }
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                pools.getObject().look(share);
            }
        });
    }
}
