package dev.sluice.planner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.ResourceType;
import dev.sluice.json.MemoryBudget;
import dev.sluice.store.RowQuery;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/** Reads of stored resources that a client waits for. */
@IntegrationTest
class StoredResourcesTest {
    private static final ExportRequest BASICS = new ExportRequest(
            new ExportScope.Everything(),
            Map.of(ExportParameter.TYPE, List.of("Basic")),
            false,
            ExportBounds.NONE,
            List.of());

    /** The same request would take as long again, so "send it again" is no answer. */
    @Test
    void aStatementThatTakesTooLongIsTooCostly() {
        String table =
                RowQuery.everything(ResourceType.of("Basic"), Instant.EPOCH).table();
        try (SluiceServer server = SluiceServer.start("--sluice.role=api")) {
            assertThat(read(server, Duration.ofSeconds(30))).isNotNull();

            server.bean(TransactionTemplate.class).executeWithoutResult(status -> {
                server.bean(JdbcTemplate.class).execute("lock table " + table + " in access exclusive mode");
                assertThatThrownBy(() -> CompletableFuture.supplyAsync(() -> read(server, Duration.ofSeconds(1)))
                                .join())
                        .cause()
                        .isInstanceOfSatisfying(
                                FhirException.class,
                                refused -> assertThat(refused.status()).isEqualTo(422))
                        .hasMessageContaining("It takes longer than 1 s");
            });
        }
    }

    private static Instant read(SluiceServer server, Duration longest) {
        StoredResources resources = server.bean(StoredResources.class);
        resources.endAfter(longest);
        try (MemoryBudget.Claim memory = server.bean(MemoryBudget.class).claim()) {
            return resources
                    .read(BASICS, "", "", memory, (json, patients) -> true)
                    .asOf();
        } catch (InterruptedIOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
