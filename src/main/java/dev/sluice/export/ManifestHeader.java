package dev.sluice.export;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.sluice.plan.ViewOutput;
import dev.sluice.planner.ExportJob;
import dev.sluice.planner.ExportParameter;
import dev.sluice.planner.ExportRequest;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.commons.lang3.StringUtils;
import org.jspecify.annotations.Nullable;

/**
 * The properties of a manifest that the kick-off decides.
 *
 * @param transactionTime the closed timestamp whose state is exported
 * @param request the kick-off's full URL
 * @param organizedBy the type whose instances the output is organised by; null = each file has one type
 * @param hasDeletedList whether the manifest has the list {@code deleted}, which may be empty
 * @param history whether the files may have several versions of a resource
 * @param separateStatus whether a separate header reports the status of the export
 * @param partialManifests whether the manifest has pages, some of which can be read while the export runs
 * @param deidentified whether each resource is de-identified
 * @param outputFormat the format of the files; null = NDJSON of FHIR
 * @param views what the files have if they have rows of views; null = they have resources
 */
record ManifestHeader(
        Instant transactionTime,
        String request,
        @Nullable String organizedBy,
        @JsonProperty("deletions") boolean hasDeletedList,
        boolean history,
        boolean separateStatus,
        boolean partialManifests,
        boolean deidentified,
        @Nullable String outputFormat,
        @Nullable ViewHeader views) {
    private static final Pattern GROUP = Pattern.compile("/Group/[^/]+(?=/[^/]+$)");

    /**
     * What a manifest says of views.
     *
     * @param format such as {@code csv}
     * @param trackingId what the client calls the export; null = nothing
     * @param names of the views, in the order of the request
     */
    record ViewHeader(String format, @Nullable String trackingId, List<String> names) {
        static @Nullable ViewHeader of(@Nullable ViewOutput views) {
            return views == null
                    ? null
                    : new ViewHeader(
                            views.format().code(),
                            views.trackingId(),
                            views.views().stream()
                                    .map(ViewOutput.PlannedView::name)
                                    .toList());
        }
    }

    /** The URL of the kick-off without the query and the id of a Group: they have values, which rules may remove. */
    String requestWithoutValues() {
        return GROUP.matcher(StringUtils.substringBefore(request, "?")).replaceFirst("/Group");
    }

    /** The same for a reader who is not the owner. */
    ManifestHeader ofOther() {
        return new ManifestHeader(
                transactionTime,
                requestWithoutValues(),
                organizedBy,
                hasDeletedList,
                history,
                separateStatus,
                partialManifests,
                deidentified,
                outputFormat,
                views);
    }

    static ManifestHeader of(ExportJob job) {
        ExportRequest request = job.request();
        return new ManifestHeader(
                job.transactionTime(),
                job.url(),
                request.value(ExportParameter.ORGANIZE_OUTPUT_BY),
                request.hasDeletedList(),
                request.associatedData().history(),
                request.separateStatus(),
                request.is(ExportParameter.ALLOW_PARTIAL_MANIFESTS),
                request.isDeidentified(),
                outputFormat(request),
                ViewHeader.of(request.views()));
    }

    private static @Nullable String outputFormat(ExportRequest request) {
        if (request.views() != null) {
            ViewOutput.Format format = request.views().format();
            return request.commitsToTables() ? format.code() : format.mediaType();
        }
        return request.format().isTable() ? request.format().mimeType() : null;
    }
}
