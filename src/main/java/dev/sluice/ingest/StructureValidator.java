package dev.sluice.ingest;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirException.Issue;
import dev.sluice.r4.StructureCheck;
import dev.sluice.r4.StructureModel;
import java.util.List;
import org.springframework.stereotype.Component;

/**
 * Validates resources against the structure that R4 defines for their type: names of elements, arrays, JSON types and
 * formats, and codes of required bindings. It does not check profiles, other bindings, invariants, mandatory elements,
 * or large attachments beyond their beginning.
 *
 * <p>It checks the JSON itself, so valid R4 JSON passes unchanged. Safe for use by any number of threads.
 *
 * @see <a href="https://hl7.org/fhir/R4/json.html">JSON representation of resources</a>
 */
@Component
class StructureValidator {
    /** A resource with more faults than this usually repeats the same ones. */
    private static final int MOST_FAULTS = 50;

    private final StructureModel model = new StructureModel();
    private final IngestSettings settings;

    StructureValidator(IngestSettings settings) {
        this.settings = settings;
    }

    /**
     * Validates a resource; throws a 400 problem with an issue for each error.
     *
     * @param byDefault whether the structure is validated if no setting decides it
     */
    void check(ResourceJson json, boolean byDefault) {
        if (settings.validates(byDefault)) {
            List<Issue> faults = faults(json);
            if (!faults.isEmpty()) {
                throw new FhirException(400, faults);
            }
        }
    }

    /** What is wrong, each with its path, up to some bound. */
    List<Issue> faults(ResourceJson json) {
        StructureCheck check = new StructureCheck(model, MOST_FAULTS);
        check.resource(json.type(), json.tree());
        return check.faults();
    }
}
