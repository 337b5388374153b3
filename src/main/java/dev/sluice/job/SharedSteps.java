package dev.sluice.job;

import com.github.kagkarlsson.scheduler.jdbc.PostgreSqlJdbcCustomization;

/**
 * Takes the steps of one share from the agenda.
 *
 * <p>It locks steps by a select, and takes them by an update of these. The one statement that does both has its limit in a
 * subquery, which PostgreSQL may run again for each row: a process then takes the steps of all others.
 */
final class SharedSteps extends PostgreSqlJdbcCustomization {
    private final String condition;

    /** @param share the name of the share; empty = the first one */
    SharedSteps(String share) {
        super(true, false);
        this.condition = " and split_part(task_name, '" + Agenda.AT + "', 2) = '" + share + "' ";
    }

    @Override
    public String createGenericSelectForUpdateQuery(
            String table, int limit, String requiredAndCondition, boolean orderByPriority) {
        return super.createGenericSelectForUpdateQuery(table, limit, requiredAndCondition + condition, orderByPriority);
    }
}
