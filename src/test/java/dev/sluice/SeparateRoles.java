package dev.sluice;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * A new database on the PostgreSQL for tests, with two roles: one that owns the schema, and one for the server that may
 * only connect. What PUBLIC may do by default is revoked, as careful operators do.
 */
public final class SeparateRoles implements AutoCloseable {
    private static final String OWNER = "roles_owner";
    private static final String SERVER = "roles_server";
    private static final String DATABASE = "roles";

    private SeparateRoles() {}

    public static SeparateRoles create() {
        SeparateRoles roles = new SeparateRoles();
        roles.close();
        JdbcTemplate admin = jdbc("postgres", "postgres");
        admin.execute("create role " + OWNER + " login");
        admin.execute("create role " + SERVER + " login");
        admin.execute("create database " + DATABASE + " owner " + OWNER + " template template0");
        admin.execute("revoke all on database " + DATABASE + " from public");
        admin.execute("grant connect on database " + DATABASE + " to " + SERVER);
        JdbcTemplate owner = roles.owner();
        owner.execute("drop schema public");
        owner.execute("create schema \"Sluice\"");
        owner.execute("grant usage on schema \"Sluice\" to " + SERVER);
        return roles;
    }

    /** The options of a server that migrates as the owner. */
    public String[] migrating() {
        return new String[] {url(), "--spring.datasource.username=" + SERVER, "--spring.flyway.user=" + OWNER};
    }

    /** The options of a server that has the lesser role only. */
    public String[] serving() {
        return new String[] {url(), "--spring.datasource.username=" + SERVER};
    }

    public JdbcTemplate owner() {
        return jdbc(DATABASE, OWNER);
    }

    public JdbcTemplate server() {
        return jdbc(DATABASE, SERVER);
    }

    @Override
    public void close() {
        JdbcTemplate admin = jdbc("postgres", "postgres");
        admin.execute("drop database if exists " + DATABASE + " with (force)");
        admin.execute("drop role if exists " + OWNER);
        admin.execute("drop role if exists " + SERVER);
    }

    private static String url() {
        return "--spring.datasource.url=" + location(DATABASE);
    }

    private static String location(String database) {
        String url = TestDatabase.urlOf(database);
        return url.substring(0, url.indexOf('?')) + "?currentSchema=%22Sluice%22";
    }

    private static JdbcTemplate jdbc(String database, String role) {
        return new JdbcTemplate(new DriverManagerDataSource(location(database), role, ""));
    }
}
