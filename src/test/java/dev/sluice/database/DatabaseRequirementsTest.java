package dev.sluice.database;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.IntegrationTest;
import dev.sluice.TestDatabase;
import java.io.IOException;
import java.nio.file.Path;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** A database that will not do is refused at the start, in a sentence that says what to do. */
@IntegrationTest
class DatabaseRequirementsTest {
    private final String url = TestDatabase.freshUrl();
    private final JdbcTemplate jdbc = new JdbcTemplate(new DriverManagerDataSource(url));

    @TempDir
    Path folder;

    @AfterEach
    void drop() {
        TestDatabase.drop(url);
    }

    @Test
    void usualDatabaseWillDo() {
        assertThatCode(() -> check(url)).doesNotThrowAnyException();
    }

    @Test
    void otherEncodingIsRefused() {
        jdbc.execute("create database latin template template0 encoding 'LATIN1' locale 'C'");
        try {
            refusalOf(TestDatabase.urlOf("latin")).hasMessageContainingAll("'latin'", "LATIN1", "encoding 'UTF8'");
        } finally {
            TestDatabase.drop(TestDatabase.urlOf("latin"));
        }
    }

    @Test
    void searchPathWithoutASchemaIsRefused() {
        refusalOf(url + "&currentSchema=absent").hasMessageContainingAll("search_path", "'absent'", "currentSchema");
    }

    /** Without a look at it, Flyway loses its lock there, and whoever starts next waits for ever. */
    @Test
    void poolerThatHasNoSessionsIsRefused() throws IOException {
        try (PgBouncer pooler = PgBouncer.start(folder, url, "transaction")) {
            refusalOf(pooler.url()).hasMessageContainingAll("pool_mode = transaction", "pool_mode = session");
        }
    }

    @Test
    void poolerWithSessionsWillDo() throws IOException {
        try (PgBouncer pooler = PgBouncer.start(folder, url, "session")) {
            assertThatCode(() -> check(pooler.url())).doesNotThrowAnyException();
        }
    }

    private static void check(String url) {
        new DatabaseRequirements(new DriverManagerDataSource(url)).check();
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> refusalOf(String url) {
        return assertThatThrownBy(() -> check(url)).isInstanceOf(IllegalStateException.class);
    }
}
