package dev.sluice.export;

import dev.sluice.blob.BlobPath;
import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.Recorded;
import dev.sluice.fhir.ResourceType;
import dev.sluice.job.Job;
import dev.sluice.search.FilterIndex;
import dev.sluice.store.RowQuery.Versions;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;

/**
 * An export on its way: the request, and what was fixed at its kick-off. It is the payload of the job.
 *
 * @param request what was asked
 * @param url the kick-off's full URL, for the manifest
 * @param kickOff the moment that was closed for the export; patients and members are those of this moment
 * @param historyFrom versions that were replaced after this moment are there; null if none but the current ones are wanted
 * @param place where the files go
 * @param lookups the generation of look-ups that its rows are counted and read with ({@link FilterIndex#GENERATION}); null
 *     if the version that made it knew none of them but {@link FilterIndex#CODES_ONLY}
 */
record ExportJob(
        ExportRequest request,
        String url,
        Instant kickOff,
        @Nullable Instant historyFrom,
        Place place,
        @Nullable Integer lookups) {
    /**
     * Where a job's files go.
     *
     * @param container the container
     * @param folder the folder in it; empty = its root
     * @param own whether the container was made for this job alone, and goes with it
     */
    record Place(String container, String folder, boolean own) {
        Place {
            Objects.requireNonNull(container);
            Objects.requireNonNull(folder);
        }

        BlobPath file(String name) {
            return new BlobPath(container, folder, name);
        }
    }

    /** The form of what an export writes down: its payload, those of its units, and their results. */
    static final int FORM = 1;

    ExportJob {
        Objects.requireNonNull(request);
        Objects.requireNonNull(url);
        Objects.requireNonNull(kickOff);
        Objects.requireNonNull(place);
    }

    /** An export that begins now. */
    ExportJob(ExportRequest request, String url, Instant kickOff, @Nullable Instant historyFrom, Place place) {
        this(request, url, kickOff, historyFrom, place, FilterIndex.GENERATION);
    }

    /** The export of a job; a problem if it was made by another version of Sluice that wrote it in another form. */
    static ExportJob of(Job job) {
        return Recorded.read(job.payload(), new TypeReference<>() {}, FORM, "export " + job.id());
    }

    /**
     * Where the files of a job are, whatever the form of the rest: it is kept beside the payload for that. A version that
     * did not do so had it in its payload. Empty if neither can be read.
     */
    static Optional<Place> placeOf(Job job) {
        String output = job.output();
        try {
            return Optional.of(
                    output == null
                            ? FhirJson.MAPPER.treeToValue(
                                    FhirJson.MAPPER.readTree(job.payload()).path("place"), Place.class)
                            : FhirJson.MAPPER.readValue(output, Place.class));
        } catch (JacksonException | NullPointerException e) {
            return Optional.empty();
        }
    }

    /** The FHIR base that the kick-off was sent to; empty for an estimate, which has no URL. */
    String base() {
        int query = url.indexOf('?');
        String base = query < 0 ? url : url.substring(0, query);
        for (int segment = request.scope().depth(); segment > 0 && !base.isEmpty(); segment--) {
            base = base.substring(0, Math.max(base.lastIndexOf('/'), 0));
        }
        return base;
    }

    /** The closed moment whose state is exported: the kick-off's, or an earlier one that the client asked for. */
    Instant transactionTime() {
        Instant until = request.until();
        return until != null && until.isBefore(kickOff) ? until : kickOff;
    }

    /** The generation of look-ups that its rows are counted and read with. */
    int generation() {
        return lookups == null ? FilterIndex.CODES_ONLY : lookups;
    }

    /** Which versions of a resource are exported. */
    Versions versions() {
        return new Versions(historyFrom, request.past().deletions());
    }

    /** The type whose instances the output is organised by; null = each file has one type. */
    @Nullable
    ResourceType organizeBy() {
        String name = request.content().organizeBy();
        return name == null ? null : ResourceType.of(name);
    }

    String payload() {
        return Recorded.write(this, FORM);
    }

    /** What {@link #placeOf} reads. */
    String output() {
        return FhirJson.MAPPER.writeValueAsString(place);
    }
}
