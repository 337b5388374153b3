package dev.sluice.planner;

import dev.sluice.fhir.ResourceType;
import dev.sluice.fhir.VersionedJson;
import dev.sluice.plan.OutputFormat;
import dev.sluice.plan.OutputLocation;
import dev.sluice.store.RowQuery.Versions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;

/**
 * The payload of an export job: the request, and what the kick-off decided.
 *
 * @param request the request
 * @param url the kick-off's full URL, for the manifest
 * @param kickOff the closed timestamp of the kick-off; patients and members are those of this time
 * @param historyFrom versions that were replaced after this time exist; null if only current versions are exported
 * @param location where the files go
 */
public record ExportJob(
        ExportRequest request,
        String url,
        Instant kickOff,
        @Nullable Instant historyFrom,
        OutputLocation location) {
    /** The form that processes read which know NDJSON of resources only. */
    private static final int LINES = 3;

    /** A process that knows neither tables nor views would write lines of resources in their place, so it must not plan. */
    private static final int TABLES_AND_VIEWS = 4;

    /** A process that knows no tables of Delta Lake with rows of views cannot read their format. */
    private static final int TABLES_OF_VIEWS = 5;

    public ExportJob {
        Objects.requireNonNull(request);
        Objects.requireNonNull(url);
        Objects.requireNonNull(kickOff);
        Objects.requireNonNull(location);
    }

    /** Reads the payload of a job; throws a problem if another version of Sluice wrote it in another form. */
    public static ExportJob of(UUID id, String payload) {
        return VersionedJson.read(payload, new TypeReference<>() {}, LINES, TABLES_OF_VIEWS, "export " + id);
    }

    /** The FHIR base that the kick-off was sent to; empty for an estimate, which has no URL. */
    String base() {
        int query = url.indexOf('?');
        String base = query < 0 ? url : url.substring(0, query);
        if (request.views() != null) { // its kick-off is at system level, whosever data it takes
            return base.substring(0, Math.max(base.lastIndexOf('/'), 0));
        }
        for (int segment = request.scope().depth(); segment > 0 && !base.isEmpty(); segment--) {
            base = base.substring(0, Math.max(base.lastIndexOf('/'), 0));
        }
        return base;
    }

    /**
     * The time whose state is exported: the closed timestamp of the kick-off, or an earlier {@code _until}. It has the
     * milliseconds that manifests show and rows have, so that it is equal to a later {@code _since}.
     */
    public static Instant transactionTime(ExportRequest request, Instant kickOff) {
        Instant until = request.time(ExportParameter.UNTIL);
        return until != null && until.isBefore(kickOff) ? until.truncatedTo(ChronoUnit.MILLIS) : kickOff;
    }

    /** {@link #transactionTime(ExportRequest, Instant)} of this export. */
    public Instant transactionTime() {
        return transactionTime(request, kickOff);
    }

    Versions versions() {
        return new Versions(historyFrom, request.associatedData().deletions());
    }

    /** The type whose instances the output is organised by; null = each file has one type. */
    @Nullable
    ResourceType organizeBy() {
        String name = request.value(ExportParameter.ORGANIZE_OUTPUT_BY);
        return name == null ? null : ResourceType.of(name);
    }

    public String payload() {
        return VersionedJson.write(this, form());
    }

    private int form() {
        if (request.views() == null) {
            return request.format() == OutputFormat.NDJSON ? LINES : TABLES_AND_VIEWS;
        }
        return request.commitsToTables() ? TABLES_OF_VIEWS : TABLES_AND_VIEWS;
    }
}
