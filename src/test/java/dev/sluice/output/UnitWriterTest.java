package dev.sluice.output;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.TestDatabase;
import dev.sluice.blob.BlobStore;
import dev.sluice.blob.LocalStores;
import dev.sluice.fhir.FhirInstant;
import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.ResourceType;
import dev.sluice.filter.FilterCompiler;
import dev.sluice.json.MemoryBudget;
import dev.sluice.plan.ExportPlan;
import dev.sluice.plan.OutputFormat;
import dev.sluice.plan.OutputLocation;
import dev.sluice.plan.PlannedFile;
import dev.sluice.plan.PlannedFile.Content;
import dev.sluice.plan.PlannedUnit;
import dev.sluice.plan.SnapshotLostException;
import dev.sluice.plan.TypeScan;
import dev.sluice.plan.UnusedTypes;
import dev.sluice.store.KeyRange;
import dev.sluice.store.RowQuery;
import dev.sluice.store.RowStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

/** A unit is written by whoever has connections to the database, a plan, and a storage; nothing else runs. */
@IntegrationTest
class UnitWriterTest {
    private static final String NDJSON = """
            {"resourceType":"Patient","id":"ann","gender":"female","birthDate":"1980-02-29"}
            {"resourceType":"Patient","id":"bob","gender":"male"}
            {"resourceType":"Observation","id":"o1","subject":{"reference":"Patient/ann"}}
            {"resourceType":"Observation","id":"o2","subject":{"reference":"Patient/bob"}}
            """;
    private static final String DATABASE = TestDatabase.freshUrl();
    private static Instant asOf;

    @TempDir
    private Path folder;

    @BeforeAll
    static void load() {
        try (SluiceServer server = SluiceServer.start("--spring.datasource.url=" + DATABASE)) {
            assertThat(server.post("/$import", "application/fhir+ndjson", NDJSON)
                            .statusCode())
                    .isEqualTo(200);
            asOf = FhirInstant.parse(FhirJson.parseObject(
                                    server.get("/Observation/o2").body().getBytes(UTF_8))
                            .path("meta")
                            .path("lastUpdated")
                            .asString())
                    .orElseThrow()
                    .until();
        }
    }

    @AfterAll
    static void drop() {
        TestDatabase.drop(DATABASE);
    }

    @Test
    void itWritesTheFilesOfAPlanThatWasReadFromItsText() throws IOException {
        ExportPlan plan = ExportPlan.of(plan().text()).orElseThrow();
        PlannedUnit unit = PlannedUnit.of(unit(2).text());

        UnitResult result;
        try (BlobStore blobs = LocalStores.at(folder)) {
            blobs.createContainer("files");
            result = UnitWriter.of(source(), blobs).write(plan, unit, null, UnitControl.NONE);
        }

        assertThat(Files.readAllLines(folder.resolve("files/Patient-1.ndjson")))
                .singleElement()
                .asString()
                .contains("\"id\":\"ann\"", "SUBSETTED")
                .doesNotContain("birthDate");
        assertThat(Files.readAllLines(folder.resolve("files/Observation-1.ndjson")))
                .singleElement()
                .asString()
                .contains("\"id\":\"o1\"");
        assertThat(result.output()).extracting(ExportedFile::count).containsExactly(1L, 1L);
        assertThat(result.rows()).isEqualTo(4);
        assertThat(UnitResult.of(result.text())).isEqualTo(result);
    }

    @Test
    void rowsThatAreNotThoseOfThePlanLeaveNoFile() throws IOException {
        try (BlobStore blobs = LocalStores.at(folder)) {
            blobs.createContainer("files");
            UnitWriter writer = UnitWriter.of(source(), blobs);

            assertThatThrownBy(() -> writer.write(plan(), unit(3), null, UnitControl.NONE))
                    .isInstanceOf(SnapshotLostException.class)
                    .hasMessageContaining("The snapshot holds 3 rows for Patient-1.ndjson, but 2 were read");
        }
        try (var files = Files.list(folder.resolve("files"))) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void largeRowsWaitUntilThereIsMemoryForThem() throws IOException {
        MemoryBudget memory = new MemoryBudget(64 << 20, Duration.ZERO);
        DataSource source = source();
        MemoryBudget.Claim other = memory.claim();
        try (BlobStore blobs = LocalStores.at(folder)) {
            blobs.createContainer("files");
            UnitWriter writer = new UnitWriter(new RowStream(source), FilterCompiler.of(source), blobs, memory);
            other.hold(20 << 20, 0);
            AtomicInteger checks = new AtomicInteger();

            writer.write(plan(), unit(2, 20 << 20), null, new UnitControl() {
                @Override
                public void check() {
                    checks.incrementAndGet();
                    other.close();
                }

                @Override
                public void beginRead() {
                    assertThat(checks).hasPositiveValue();
                }
            });
        }
    }

    /** Otherwise a fault elsewhere would write what was to be removed. */
    @Test
    void aDeidentifiedPlanIsNotWrittenWithoutItsRules() {
        ExportPlan plan = plan();
        ExportPlan deidentified = new ExportPlan(
                plan.location(),
                plan.format(),
                plan.encoding(),
                plan.asOf(),
                plan.ownBases(),
                plan.scans(),
                plan.unused(),
                plan.organized(),
                plan.filteredTypes(),
                plan.dangling(),
                null,
                true,
                null);
        try (BlobStore blobs = LocalStores.at(folder)) {
            UnitWriter writer = UnitWriter.of(source(), blobs);

            assertThatThrownBy(() -> writer.write(deidentified, unit(2), null, UnitControl.NONE))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("with its rules");
        }
    }

    /** Women without their date of birth, and what refers to them. */
    private static ExportPlan plan() {
        ResourceType observation = ResourceType.of("Observation");
        return new ExportPlan(
                new OutputLocation("files", "", true),
                OutputFormat.NDJSON,
                BlobStore.Encoding.IDENTITY,
                asOf,
                List.of(),
                List.of(
                        new TypeScan(
                                RowQuery.everything(ResourceType.PATIENT, asOf),
                                null,
                                List.of("Patient?gender=female"),
                                Set.of("resourceType", "id", "meta", "gender")),
                        new TypeScan(
                                RowQuery.everything(observation, asOf),
                                null,
                                List.of("Observation?patient.gender=female"),
                                null)),
                new UnusedTypes(List.of(), RowQuery.everything(ResourceType.PATIENT, asOf)),
                null,
                List.of(),
                null,
                null,
                false,
                null);
    }

    private static PlannedUnit unit(long rows) {
        return unit(rows, 100);
    }

    private static PlannedUnit unit(long rows, long largest) {
        KeyRange range = new KeyRange(0, Long.MAX_VALUE, rows, 100, largest);
        return new PlannedUnit(
                List.of(
                        new PlannedFile(ResourceType.PATIENT, Content.RESOURCES, "Patient-1.ndjson", null, range),
                        new PlannedFile(
                                ResourceType.of("Observation"),
                                Content.RESOURCES,
                                "Observation-1.ndjson",
                                null,
                                range)),
                List.of(),
                "errors-1.ndjson");
    }

    private static DataSource source() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(DATABASE);
        return source;
    }
}
