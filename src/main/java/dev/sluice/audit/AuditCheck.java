package dev.sluice.audit;

import dev.sluice.doctor.Check;
import dev.sluice.doctor.Examines;
import dev.sluice.doctor.Finding;
import dev.sluice.doctor.Topic;
import dev.sluice.security.TransportPolicy;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Checks whether the role of the server may add events, and that it cannot remove any. */
@Examines(value = Topic.AUDIT, needsDatabase = true)
final class AuditCheck implements Check {
    /** Those whose rows are only added. */
    private static final List<String> TABLES = List.of("audit_event", "disclosure", "disclosed_patients");

    private final JdbcClient jdbc;
    private final boolean enabled;

    AuditCheck(JdbcClient jdbc, AuditSettings settings, TransportPolicy policy) {
        this.jdbc = jdbc;
        this.enabled = settings.isEnabled(policy.mode());
    }

    @Override
    public List<Finding> run() {
        if (!enabled) {
            return List.of(Finding.ok(Topic.AUDIT, "No audit is kept in this mode (sluice.audit.enabled)."));
        }
        List<String> absent = tables("to_regclass(t) is null");
        if (!absent.isEmpty()) {
            return List.of(
                    Finding.skipped(Topic.AUDIT, "Not checked, because " + names(absent) + " does not exist yet."));
        }
        List<String> closed = tables("not (has_table_privilege(t, 'insert') and has_table_privilege(t, 'select'))");
        if (!closed.isEmpty()) {
            return List.of(Finding.problem(
                    Topic.AUDIT,
                    "The role may not add rows to " + names(closed) + " and read them, so no data leaves.",
                    "As the owner of the tables: grant insert, select on " + names(closed) + " to <role>."));
        }
        // A member can take the role of the owner, even if it does not inherit its rights.
        List<String> owned =
                tables("pg_has_role((select relowner from pg_class where oid = to_regclass(t)), 'member')");
        List<String> changed = tables("has_table_privilege(t, 'update, delete, truncate')");
        return List.of(
                owned.isEmpty() && changed.isEmpty()
                        ? Finding.ok(Topic.AUDIT, "The role can only add rows to " + names(TABLES) + ".")
                        : Finding.warning(
                                Topic.AUDIT,
                                "The role "
                                        + (owned.isEmpty()
                                                ? "may change rows of " + names(changed)
                                                : "owns " + names(owned))
                                        + ", so who takes over the server could remove events.",
                                "Have another role own the tables, as docs/security.md shows below Two roles."));
    }

    private List<String> tables(String condition) {
        return jdbc.sql("select t from unnest(string_to_array(:tables, ',')) t where " + condition)
                .param("tables", String.join(",", TABLES))
                .query(String.class)
                .list();
    }

    private static String names(List<String> tables) {
        return String.join(", ", tables);
    }
}
