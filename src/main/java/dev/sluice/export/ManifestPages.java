package dev.sluice.export;

import dev.sluice.job.Job;
import dev.sluice.job.Jobs;
import dev.sluice.output.UnitResult;
import java.util.Optional;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/**
 * Divides the manifest into pages, for clients that download files while the export runs. A page lists the files that
 * became available after the previous page. After a page was returned, only the link to the next page is added to it.
 *
 * @see <a href="https://hl7.org/fhir/uv/bulkdata/export.html#response---in-progress-status">Bulk Data IG, in
 *     progress</a>
 */
@Component
class ManifestPages {
    private final Jobs jobs;
    private final Manifest manifest;

    ManifestPages(Jobs jobs, Manifest manifest) {
        this.jobs = jobs;
        this.manifest = manifest;
    }

    /**
     * Creates a page if new files exist, and returns the page with this number, counted from 1; empty if it does not
     * exist. The first page of a complete export always exists.
     */
    Optional<ObjectNode> find(Job job, int number, String jobUrl) {
        int last = jobs.closePage(job.id(), result -> UnitResult.of(result).hasData());
        if (number > 0 && number <= last) {
            ObjectNode page = manifest.page(LocationAndHeader.of(job), files(job, number), jobUrl);
            if (number < last) {
                page.putArray("link").addObject().put("relation", "next").put("url", jobUrl + "/pages/" + (number + 1));
            }
            return Optional.of(page);
        }
        return last == 0 && number == 1 && job.ending() != null // without any data
                ? Optional.of(manifest.page(
                        LocationAndHeader.of(job),
                        ExportResult.of(job.ending().text()).files(),
                        jobUrl))
                : Optional.empty();
    }

    /** The files of a page. Every page lists the error files of the first page. */
    private UnitResult files(Job job, int number) {
        UnitResult first = UnitResult.of(jobs.page(job.id(), 1));
        return number == 1 ? first : UnitResult.of(jobs.page(job.id(), number)).withError(first.error());
    }
}
