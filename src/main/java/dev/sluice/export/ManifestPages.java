package dev.sluice.export;

import dev.sluice.job.Job;
import dev.sluice.job.Jobs;
import dev.sluice.output.UnitResult;
import java.util.Optional;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/**
 * The manifest in pages, for clients that take what is there while the export runs. A page lists the files that became
 * available since the one before it; once returned, it only ever gains the link to the next one.
 *
 * @see <a href="https://hl7.org/fhir/uv/bulkdata/export.html#response---in-progress-status">Bulk Data IG, in progress</a>
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
     * Makes a page of what is new, if anything is, and returns the page with this number, counted from 1; nothing if it is
     * not there. The first page of a complete export always is.
     */
    Optional<ObjectNode> find(Job job, int number, String jobUrl) {
        int last = jobs.closePage(job.id(), result -> UnitResult.of(result).hasData());
        if (number > 0 && number <= last) {
            ObjectNode page = manifest.page(ExportOutput.of(job), files(job, number), jobUrl);
            if (number < last) {
                page.putArray("link").addObject().put("relation", "next").put("url", jobUrl + "/pages/" + (number + 1));
            }
            return Optional.of(page);
        }
        return last == 0 && number == 1 && job.ending() != null // without any data
                ? Optional.of(manifest.page(
                        ExportOutput.of(job),
                        ExportResult.of(job.ending().text()).files(),
                        jobUrl))
                : Optional.empty();
    }

    /** What the client should know is told on the first page, and repeated on the others. */
    private UnitResult files(Job job, int number) {
        UnitResult first = UnitResult.of(jobs.page(job.id(), 1));
        return number == 1 ? first : UnitResult.of(jobs.page(job.id(), number)).withError(first.error());
    }
}
