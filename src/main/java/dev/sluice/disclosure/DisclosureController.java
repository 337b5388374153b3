package dev.sluice.disclosure;

import dev.sluice.audit.Act;
import dev.sluice.audit.Activity;
import dev.sluice.audit.Audit;
import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirInstant;
import dev.sluice.fhir.ResourceKey;
import dev.sluice.fhir.ResourceType;
import dev.sluice.security.Access;
import dev.sluice.store.KnownPatients;
import dev.sluice.store.KnownPatients.KnownPatient;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.commons.lang3.Strings;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Gives the exports that a patient was in, or may have been in, as NDJSON, in the order of their times. */
@RestController
@Access(Access.Rule.ADMINISTER)
class DisclosureController {
    private static final int PAGE = 1000;

    private final Audit audit;
    private final Disclosures disclosures;
    private final DisclosureRepository exports;
    private final KnownPatients patients;

    DisclosureController(Audit audit, Disclosures disclosures, DisclosureRepository exports, KnownPatients patients) {
        this.audit = audit;
        this.disclosures = disclosures;
        this.exports = exports;
        this.patients = patients;
    }

    /**
     * @param patient the id of the patient, or a reference to it
     * @param since the earliest time of an export
     */
    @GetMapping("/fhir/_disclosures")
    void disclosures(
            @RequestParam(name = "patient", required = false) @Nullable String patient,
            @RequestParam(name = "_since", required = false) @Nullable String since,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        if (!disclosures.areRecorded()) {
            throw FhirException.of(
                    404,
                    "not-supported",
                    "This server does not record whose data it exports; see sluice.audit.enabled.");
        }
        ResourceKey key = key(patient);
        Instant from = since == null ? Instant.EPOCH : FhirInstant.parameter("_since", since);
        audit.record(request, Act.of(Activity.DISCLOSURES_READ, key.toString()));
        response.setContentType("application/fhir+ndjson");
        Optional<KnownPatient> known = patients.find(key.id());
        if (known.isPresent()) {
            write(key, known.get(), from, response.getOutputStream());
        }
    }

    private void write(ResourceKey patient, KnownPatient known, Instant since, OutputStream out) throws IOException {
        Instant from = since;
        UUID after = new UUID(0, 0);
        List<DisclosureRepository.Export> page;
        do {
            page = exports.after(from, after, known.number(), PAGE);
            for (DisclosureRepository.Export export : page) {
                out.write(new DisclosureEvent(export, patient, isCertain(export, known)).line());
                from = export.getRecordedAt();
                after = export.getJobId();
            }
        } while (page.size() == PAGE);
    }

    /** Whether a patient was in an export that was completed; otherwise they may have been. */
    private static boolean isCertain(DisclosureRepository.Export export, KnownPatient known) {
        Integer outcome = export.getOutcome();
        if (outcome == null || outcome != 0) {
            return false;
        }
        Boolean listed = export.getCertain();
        return listed == null ? export.getEveryPatient() && known.existedAt(export.getAsOf()) : listed;
    }

    private static ResourceKey key(@Nullable String patient) {
        if (patient == null) {
            throw FhirException.invalid(
                    "patient is missing: give the id of a patient, as in _disclosures?patient=123.");
        }
        return new ResourceKey(ResourceType.PATIENT, Strings.CS.removeStart(patient, "Patient/"));
    }
}
