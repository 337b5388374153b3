package dev.sluice.export;

import dev.sluice.blob.BlobProblem;
import dev.sluice.blob.BlobStore;
import dev.sluice.fhir.FhirProblem;
import java.time.Clock;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Makes the place for a job's files, and finds out by writing there whether the storage will take them. */
@Component
class ExportPlaces {
    private static final Logger log = LoggerFactory.getLogger(ExportPlaces.class);

    private final BlobStore blobs;
    private final ExportSettings settings;
    private final Clock clock;

    ExportPlaces(BlobStore blobs, ExportSettings settings, Clock clock) {
        this.blobs = blobs;
        this.settings = settings;
        this.clock = clock;
    }

    /** The place, with its container there and written to once; a problem that names the repair otherwise. */
    ExportJob.Place prepare(@Nullable String container, UUID job) {
        ExportJob.Place place = settings.layout().place(container, job, clock.instant());
        try {
            blobs.createContainer(place.container());
            blobs.probe(place.container());
            return place;
        } catch (BlobProblem e) {
            giveUp(place);
            boolean passing = e.reason() == BlobProblem.Reason.TRANSIENT;
            throw FhirProblem.of(
                    passing ? 503 : 500,
                    passing ? "transient" : "no-store",
                    "No export can be written to the storage now, so none was started: " + e.getMessage());
        }
    }

    /** Takes back a container that was made for a job that does not come. */
    void giveUp(ExportJob.Place place) {
        if (place.own()) {
            try {
                blobs.deleteContainer(place.container());
            } catch (BlobProblem e) {
                log.warn("The container {} stays, empty; delete it by hand: {}", place.container(), e.getMessage());
            }
        }
    }
}
