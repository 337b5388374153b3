package dev.sluice.export;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirJson;
import dev.sluice.job.Job;
import dev.sluice.plan.OutputLocation;
import dev.sluice.planner.ExportJob;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * The location of an export's files, the header of its manifest, and what it may hold. It is small and stored separately
 * from the payload of the job: a status request does not read the payload, and a version of Sluice that cannot read the
 * payload still finds the files to delete.
 *
 * @param container see {@link OutputLocation}; so are the next three
 * @param content what it may hold; null in the output of an older version
 * @param hash of what it may hold, with the rules and keys; null in the output of an older version
 */
record LocationAndHeader(
        String container,
        String folder,
        boolean own,
        @Nullable Boolean tables,
        ManifestHeader header,
        @Nullable ExportContent content,
        @Nullable String hash) {
    static LocationAndHeader of(ExportJob job) {
        OutputLocation location = job.location();
        return new LocationAndHeader(
                location.container(),
                location.folder(),
                location.own(),
                location.tables(),
                ManifestHeader.of(job),
                ExportContent.of(job.request()),
                null);
    }

    /** The same for a reader who is not the owner: the request may have ids of patients and values of filters. */
    LocationAndHeader ofOther() {
        return new LocationAndHeader(container, folder, own, tables, header.ofOther(), content, hash);
    }

    /** The same with this hash. */
    LocationAndHeader with(String other) {
        return new LocationAndHeader(container, folder, own, tables, header, content, other);
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

    /** The time whose state a job exports; null if it cannot be read. */
    static @Nullable Instant timeOf(Job job) {
        return find(job, LocationAndHeader.class)
                .map(LocationAndHeader::header)
                .map(ManifestHeader::transactionTime)
                .orElse(null);
    }

    /** The views whose rows a job exports; empty if it exports resources, or its header cannot be read. */
    static List<String> viewsOf(Job job) {
        return find(job, LocationAndHeader.class)
                .map(LocationAndHeader::header)
                .map(ManifestHeader::views)
                .map(ManifestHeader.ViewHeader::names)
                .orElse(List.of());
    }

    private static <T> Optional<T> find(Job job, Class<T> form) {
        try {
            return Optional.ofNullable(job.output()).map(text -> FhirJson.MAPPER.readValue(text, form));
        } catch (JacksonException | NullPointerException e) {
            return Optional.empty();
        }
    }

    OutputLocation location() {
        return new OutputLocation(container, folder, own, tables);
    }

    String text() {
        return FhirJson.MAPPER.writeValueAsString(this);
    }
}
