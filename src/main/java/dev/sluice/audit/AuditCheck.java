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
    private static final String TABLE = "audit_event";

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
        if (!is("select to_regclass(:table) is not null")) {
            return List.of(Finding.skipped(Topic.AUDIT, "Not checked, because " + TABLE + " does not exist yet."));
        }
        if (!is("select has_table_privilege(:table, 'insert') and has_table_privilege(:table, 'select')")) {
            return List.of(Finding.problem(
                    Topic.AUDIT,
                    "The role may not add rows to " + TABLE + " and read them, so no data leaves.",
                    "As the owner of the table: grant insert, select on " + TABLE + " to <role>."));
        }
        boolean owner = is("select pg_has_role(current_user, relowner, 'usage') from pg_class"
                + " where oid = to_regclass(:table)");
        boolean changes = is("select has_table_privilege(:table, 'update, delete, truncate')");
        return List.of(
                owner || changes
                        ? Finding.warning(
                                Topic.AUDIT,
                                "The role " + (owner ? "owns " : "may change rows of ") + TABLE
                                        + ", so who takes over the server could remove events.",
                                "Have another role own the tables, as docs/security.md shows below Two roles.")
                        : Finding.ok(Topic.AUDIT, "The role can only add rows to " + TABLE + "."));
    }

    private boolean is(String sql) {
        return jdbc.sql(sql).param("table", TABLE).query(Boolean.class).single();
    }
}
