package dev.sluice.planner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.fhir.ResourceType;
import dev.sluice.plan.OutputLocation;
import dev.sluice.plan.ViewOutput;
import dev.sluice.plan.ViewOutput.PlannedView;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ExportJobTest {
    private static final Instant TIME = Instant.parse("2026-01-01T00:00:00Z");
    private static final ExportJob EXPORT = new ExportJob(
            new ExportRequest(
                    new ExportScope.GroupMembers("g"),
                    Map.ofEntries(
                            Map.entry(ExportParameter.TYPE, List.of("Patient", "Basic")),
                            Map.entry(ExportParameter.TYPE_FILTER, List.of("Patient?gender=male")),
                            Map.entry(ExportParameter.ORGANIZE_OUTPUT_BY, List.of("Patient")),
                            Map.entry(
                                    ExportParameter.INCLUDE_ASSOCIATED_DATA,
                                    List.of("RelevantProvenanceResources", "_history", "_deleted")),
                            Map.entry(ExportParameter.INCLUDE_REFERENCED, List.of("Device")),
                            Map.entry(ExportParameter.INCLUDE_REFERENCED_DEPTH, List.of("2")),
                            Map.entry(ExportParameter.PATIENT, List.of("p")),
                            Map.entry(ExportParameter.SINCE, List.of("2025-01-01T00:00:00Z")),
                            Map.entry(ExportParameter.ALLOW_PARTIAL_MANIFESTS, List.of("true"))),
                    true,
                    new ExportBounds(Map.of("Patient", List.of("gender=male")), Set.of("g")),
                    List.of()),
            "https://a/fhir/Group/g/$export",
            TIME,
            null,
            new OutputLocation("c", "f", false));

    @Test
    void itIsReadAsItWasWritten() {
        assertThat(ExportJob.of(UUID.randomUUID(), EXPORT.payload())).isEqualTo(EXPORT);
    }

    /** A client sends the time of the manifest as the next _since, and both are compared. */
    @Test
    void itsTimeHasTheMillisecondsThatTheManifestShows() {
        ExportRequest lines = EXPORT.request();
        Map<ExportParameter, List<String>> values = new HashMap<>(lines.parameters());
        values.put(ExportParameter.UNTIL, List.of("2025-12-31T12:00:00.123456Z"));
        ExportRequest until = new ExportRequest(lines.scope(), values, true, lines.bounds(), List.of());

        assertThat(ExportJob.transactionTime(until, TIME)).isEqualTo("2025-12-31T12:00:00.123Z");
        assertThat(ExportJob.transactionTime(until, Instant.parse("2025-01-01T00:00:00Z")))
                .isEqualTo("2025-01-01T00:00:00Z");
    }

    @Test
    void aProcessThatKnowsLinesOnlyDoesNotReadTables() {
        ExportRequest lines = EXPORT.request();
        Map<ExportParameter, List<String>> values = new HashMap<>(lines.parameters());
        values.put(ExportParameter.OUTPUT_FORMAT, List.of("parquet"));
        ExportJob tables = new ExportJob(
                new ExportRequest(lines.scope(), values, true, lines.bounds(), List.of()),
                EXPORT.url(),
                TIME,
                null,
                EXPORT.location());

        assertThat(EXPORT.payload()).contains("\"version\":3");
        assertThat(tables.payload()).contains("\"version\":4");
        assertThat(ExportJob.of(UUID.randomUUID(), tables.payload())).isEqualTo(tables);
    }

    @Test
    void aProcessThatKnowsNoTablesOfViewsDoesNotReadThem() {
        ExportRequest request = EXPORT.request();
        for (ViewOutput.Format format : ViewOutput.Format.values()) {
            PlannedView view = new PlannedView("names", ResourceType.PATIENT, "{}");
            ExportJob views = new ExportJob(
                    request.withViews(new ViewOutput(format, true, null, List.of(view)), List.of()),
                    "https://a/fhir/$viewdefinition-export",
                    TIME,
                    null,
                    EXPORT.location());

            assertThat(views.payload()).contains("\"version\":" + (format == ViewOutput.Format.DELTA ? 5 : 4));
            assertThat(ExportJob.of(UUID.randomUUID(), views.payload())).isEqualTo(views);
        }
    }

    @Test
    void itsBaseIsTheUrlWithoutTheScope() {
        assertThat(EXPORT.base()).isEqualTo("https://a/fhir");
    }
}
