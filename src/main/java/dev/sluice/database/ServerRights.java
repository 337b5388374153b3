package dev.sluice.database;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The rights of the server's role, where another role owns the tables ({@code spring.flyway.user}). It may read and write
 * rows, and change neither tables nor recorded events. The grants follow each migration, so they include what a new version
 * adds.
 */
final class ServerRights {
    private static final Logger log = LoggerFactory.getLogger(ServerRights.class);

    /** Of two transactions that grant rights on one table at a time, one fails. The number is no key of another lock. */
    private static final String ONE_AT_A_TIME = "select pg_advisory_xact_lock(" + 0x51CF_0000_0000_0003L + ")";

    /** The owner's relations in the schema; those that are part of another one, such as sequences of columns, need no right. */
    private static final String OWNED = " from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            + " where n.nspname = current_schema() and pg_has_role((select role from owner), c.relowner, 'usage')";

    /**
     * A statement for each object on which the role lacks a right. The parameters are the role, and twice the table in
     * which Flyway records the migrations, and which the owner has made.
     */
    private static final String MISSING = "with server as (select ?::name as role),"
            + " owner as (select relowner as role from pg_class where oid = to_regclass(?)),"
            + " object (kind, name, missing) as ("
            + "select 'table', c.oid::regclass::text, array(select r from unnest(case when c.relkind = 'v'"
            + " then '{select}'::text[] else case c.relname"
            + " when 'audit_event' then '{select, insert}'::text[]"
            + " when 'disclosure' then '{select, insert}'::text[]"
            + " when 'disclosed_patients' then '{select, insert}'::text[]"
            + " when ? then '{select}'::text[]"
            + " else '{select, insert, update, delete}'::text[] end end) r"
            + " where not has_table_privilege((select role from server), c.oid, r))"
            + OWNED + " and c.relkind in ('r', 'p', 'v')"
            + " union all select 'sequence', c.oid::regclass::text, array(select r from unnest('{select, usage,"
            + " update}'::text[]) r where not has_sequence_privilege((select role from server), c.oid, r))"
            + OWNED + " and c.relkind = 'S' and not exists (select from pg_depend d"
            + " where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'i')"
            + " union all select 'function', p.oid::regprocedure::text, array(select 'execute'::text"
            + " where not has_function_privilege((select role from server), p.oid, 'execute'))"
            + " from pg_proc p join pg_namespace n on n.oid = p.pronamespace"
            + " where n.nspname = current_schema() and pg_has_role((select role from owner), p.proowner, 'usage')"
            + " union all select 'schema', quote_ident(current_schema()), array(select 'usage'::text"
            + " where not has_schema_privilege((select role from server), current_schema(), 'usage'))"
            + " union all select 'database', quote_ident(current_database()), array(select 'temporary'::text"
            + " where not has_database_privilege((select role from server), current_database(), 'temporary')))"
            + " select format('grant %s on %s %s to %I', array_to_string(missing, ', '), kind, name,"
            + " (select role from server)) from object where missing <> '{}'";

    /** What the role could do besides, in words; the parameter is the role. */
    private static final String TOO_MUCH = "with server as (select ?::name as role) select right_ from (values"
            + " ('it is a superuser', (select rolsuper from pg_roles where rolname = (select role from server))),"
            + " ('it is a member of the role ' || current_user,"
            + " pg_has_role((select role from server), current_user, 'member')),"
            + " ('it can create tables in the schema',"
            + " has_schema_privilege((select role from server), current_schema(), 'create')),"
            + " ('it can change or remove recorded events', exists (select"
            + " from unnest('{audit_event, disclosure, disclosed_patients}'::text[]) t where has_table_privilege("
            + "(select role from server), to_regclass(t), 'update, delete, truncate'))),"
            + " ('it owns tables', exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            + " where n.nspname = current_schema() and c.relkind in ('r', 'p')"
            + " and c.relowner = (select oid from pg_roles where rolname = (select role from server)))))"
            + " as known (right_, held) where held";

    private final JdbcTemplate server;
    private final JdbcTemplate owner;

    /**
     * @param server connections of the server's role
     * @param owner connections of the role that migrates
     */
    ServerRights(DataSource server, DataSource owner) {
        this.server = new JdbcTemplate(server);
        this.owner = new JdbcTemplate(owner);
    }

    /**
     * Checks that both roles mean the same tables.
     *
     * @throws IllegalStateException if their search paths lead to different schemas
     */
    void checkSchema() {
        String ofServer = ask(server, "select current_schema()");
        String ofOwner = ask(owner, "select coalesce(current_schema(), 'none')");
        if (!ofServer.equals(ofOwner)) {
            throw new IllegalStateException("spring.datasource.username uses the schema '" + ofServer
                    + "', and spring.flyway.user the schema '" + ofOwner
                    + "', by their search_path. Name one schema with"
                    + " ?currentSchema=... in spring.datasource.url.");
        }
    }

    /**
     * Grants the server's role the rights that it lacks.
     *
     * @param history the table in which Flyway records the migrations
     */
    void grant(String history) {
        if (isOneRole()) {
            return;
        }
        String role = role();
        DataSource source = Objects.requireNonNull(owner.getDataSource());
        new TransactionTemplate(new DataSourceTransactionManager(source)).executeWithoutResult(status -> {
            owner.execute(ONE_AT_A_TIME);
            missing(owner, role, history).forEach(owner::execute);
        });
        List<String> tooMuch = tooMuch();
        if (!tooMuch.isEmpty()) {
            log.warn(
                    "The role {} of the server could still change the tables: {}. docs/security.md says how to set up the"
                            + " roles.",
                    role,
                    tooMuch.stream().collect(Collectors.joining(", ")));
        }
    }

    /** The statements that would grant the server's role the rights that it lacks. */
    List<String> missing(String history) {
        return missing(server, role(), history);
    }

    private static List<String> missing(JdbcTemplate jdbc, String role, String history) {
        return jdbc.queryForList(MISSING, String.class, role, history, history);
    }

    /** What the server's role could do besides, in words, if it is not to own the tables. */
    List<String> tooMuch() {
        return owner.queryForList(TOO_MUCH, String.class, role());
    }

    String role() {
        return ask(server, "select current_user");
    }

    /** Whether the server's role owns the tables itself. */
    boolean isOneRole() {
        return role().equals(ask(owner, "select current_user"));
    }

    private static String ask(JdbcTemplate jdbc, String sql) {
        return Objects.requireNonNull(jdbc.queryForObject(sql, String.class));
    }
}
