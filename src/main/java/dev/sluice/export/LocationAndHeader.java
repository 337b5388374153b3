package dev.sluice.export;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirJson;
import dev.sluice.job.Job;
import dev.sluice.plan.OutputLocation;
import dev.sluice.planner.ExportJob;
import java.util.Optional;
import tools.jackson.core.JacksonException;

/**
 * The location of an export's files, and the header of its manifest. It is small and stored separately from the payload
 * of the job: a status request does not read the payload, and a version of Sluice that cannot read the payload still
 * finds the files to delete.
 *
 * @param container see {@link OutputLocation}; so are the next two
 */
record LocationAndHeader(String container, String folder, boolean own, ManifestHeader header) {
    static LocationAndHeader of(ExportJob job) {
        OutputLocation location = job.location();
        return new LocationAndHeader(location.container(), location.folder(), location.own(), ManifestHeader.of(job));
    }

    /**
     * The output of a job. If another version of Sluice recorded it in another form, it is made from the payload again.
     *
     * @throws FhirException if the payload cannot be read either
     */
    static LocationAndHeader of(Job job) {
        return find(job, LocationAndHeader.class)
                .filter(output -> output.header != null)
                .orElseGet(() -> of(ExportJob.of(job.id(), job.payload())));
    }

    /** The location of a job's files, whatever form the header has; empty if it cannot be read. */
    static Optional<OutputLocation> locationOf(Job job) {
        return find(job, OutputLocation.class);
    }

    private static <T> Optional<T> find(Job job, Class<T> form) {
        try {
            return Optional.ofNullable(job.output()).map(text -> FhirJson.MAPPER.readValue(text, form));
        } catch (JacksonException | NullPointerException e) {
            return Optional.empty();
        }
    }

    OutputLocation location() {
        return new OutputLocation(container, folder, own);
    }

    String text() {
        return FhirJson.MAPPER.writeValueAsString(this);
    }
}
