package dev.sluice.export;

import dev.sluice.planner.ExportJob;
import dev.sluice.planner.ExportRequest;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the kick-off of an export decides about its manifest and its status.
 *
 * @param transactionTime the closed time whose state is exported
 * @param request the kick-off's full URL
 * @param organizedBy the type whose instances the output is organised by; null = each file has one type
 * @param deletions whether the manifest lists deleted resources
 * @param history whether the files may have several versions of a resource
 * @param separateStatus whether the status of the export is told in a header of its own
 * @param partialManifests whether the client reads the manifest in pages, the first ones while the export runs
 */
record ManifestHeader(
        Instant transactionTime,
        String request,
        @Nullable String organizedBy,
        boolean deletions,
        boolean history,
        boolean separateStatus,
        boolean partialManifests) {
    static ManifestHeader of(ExportJob job) {
        ExportRequest request = job.request();
        return new ManifestHeader(
                job.transactionTime(),
                job.url(),
                request.content().organizeBy(),
                request.since() != null,
                request.past().history(),
                request.separateStatus(),
                request.partialManifests());
    }
}
