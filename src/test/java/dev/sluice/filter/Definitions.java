package dev.sluice.filter;

import dev.sluice.fhir.FhirJson;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.JsonNode;

/** The definitions of R4 4.0.1 as HL7 published them, from the artifact of HAPI that validates by them. */
public final class Definitions {
    private static final String SEARCH_PARAMETERS = "/org/hl7/fhir/r4/model/sp/search-parameters.json";

    private Definitions() {}

    /** Every SearchParameter, as JSON. */
    public static List<JsonNode> searchParameters() throws IOException {
        try (InputStream file = Definitions.class.getResourceAsStream(SEARCH_PARAMETERS)) {
            List<JsonNode> found = new ArrayList<>();
            FhirJson.MAPPER
                    .readTree(Objects.requireNonNull(file))
                    .get("entry")
                    .forEach(entry -> found.add(entry.get("resource")));
            return found;
        }
    }
}
