package dev.sluice.ingest;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.parser.DataFormatException;
import ca.uhn.fhir.parser.StrictErrorHandler;
import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.FhirProblem;
import org.springframework.stereotype.Component;

/**
 * Checks that every element of a resource is one that R4 defines, with a value of its type. Profiles, terminology and
 * invariants are not looked at, nor what is in large attachments beyond their beginning. Safe for use by any number of
 * threads.
 */
@Component
class StrictParser {
    private static final StrictErrorHandler STRICT = new StrictErrorHandler();

    private final FhirContext context = FhirContext.forR4Cached();

    /** Returns if the resource has the structure that R4 gives its type; a 400 problem that names the element otherwise. */
    void check(ResourceJson json) {
        String text = FhirJson.MAPPER.writeValueAsString(json.tree());
        try {
            context.newJsonParser().setParserErrorHandler(STRICT).parseResource(text);
        } catch (DataFormatException | IllegalArgumentException e) {
            throw FhirProblem.invalid("This is no " + json.type() + " of FHIR R4: " + e.getMessage());
        }
    }
}
