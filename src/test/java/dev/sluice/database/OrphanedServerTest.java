package dev.sluice.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.IntegrationTest;
import dev.sluice.OwnPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A PostgreSQL that a killed process left behind must not keep the next one from starting. */
@IntegrationTest
class OrphanedServerTest {
    @TempDir
    Path folder;

    @Test
    void itEndsThoughSomebodyHasASessionThere() throws Exception {
        Path data = folder.resolve("postgres");
        try (OwnPostgres postgres = OwnPostgres.start(data);
                Connection session = DriverManager.getConnection(postgres.url())) {
            session.setAutoCommit(false);
            session.createStatement().execute("create table work as select 1");
            Optional<OrphanedServer> orphan = OrphanedServer.on(data);
            assertThat(orphan).isPresent();
            assertThat(onOtherData(data)).isEmpty();

            orphan.get().stop();

            assertThat(OrphanedServer.on(data)).isEmpty();
            assertThat(session.isValid(5)).isFalse();
        }
    }

    @Test
    void processThatIsNoPostgresIsLeftAlone() throws IOException {
        Files.writeString(
                folder.resolve("postmaster.pid"), ProcessHandle.current().pid() + "\n");

        assertThat(OrphanedServer.on(folder)).isEmpty();
    }

    @Test
    void emptyOrMissingFileNamesNobody() throws IOException {
        assertThat(OrphanedServer.on(folder)).isEmpty();
        Files.createFile(folder.resolve("postmaster.pid"));
        assertThat(OrphanedServer.on(folder)).isEmpty();
    }

    /** The number of a process that has ended may be that of another folder's PostgreSQL by now. */
    private Optional<OrphanedServer> onOtherData(Path data) throws IOException {
        Path other = Files.createDirectories(folder.resolve("other"));
        Files.write(
                other.resolve("postmaster.pid"),
                List.of(Files.readAllLines(data.resolve("postmaster.pid")).get(0)));
        return OrphanedServer.on(other);
    }
}
