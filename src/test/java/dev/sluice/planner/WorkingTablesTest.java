package dev.sluice.planner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.database.DatabaseSpace;
import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.ResourceType;
import dev.sluice.files.DiskSpace;
import dev.sluice.store.RowQuery;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/** The working tables of exports and a disk of the database that is nearly full. */
@IntegrationTest
class WorkingTablesTest {
    @TempDir
    private Path folder;

    @Test
    void areNotWrittenWhenLittleIsFree() {
        DatabaseSpace full = new DatabaseSpace(new DiskSpace(folder, Long.MAX_VALUE / 2));
        RowQuery basics = RowQuery.everything(ResourceType.of("Basic"), Instant.EPOCH);
        try (SluiceServer server = SluiceServer.start("--sluice.role=api")) {
            JdbcTemplate jdbc = server.bean(JdbcTemplate.class);
            OrganizedLines lines = new OrganizedLines(jdbc, server.bean(IncludedProvenance.class), full);

            assertRefused(() -> new IncludedRows(jdbc, full).begin(UUID.randomUUID()));
            server.bean(TransactionTemplate.class).executeWithoutResult(status -> {
                OrganizedStaging stage = lines.stage();
                assertRefused(() -> stage.addTo("head", new OrganizedStaging.Rows(basics, List.of())));
            });
        }
    }

    private static void assertRefused(ThrowingCallable work) {
        assertThatThrownBy(work)
                .isInstanceOfSatisfying(
                        FhirException.class,
                        refused -> assertThat(refused.status()).isEqualTo(503))
                .hasMessageContaining("no room for the working tables");
    }
}
