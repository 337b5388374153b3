package dev.sluice.ingest;

import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.FhirProblem;
import dev.sluice.store.RowReader;
import dev.sluice.store.StoredVersion;
import java.util.List;
import org.springframework.stereotype.Component;

/** Finds resources by an identifier. Safe for use by any number of threads. */
@Component
class Identifiers {
    private final RowReader rows;

    Identifiers(RowReader rows) {
        this.rows = rows;
    }

    /** The current resources that match, in the order in which they came. */
    List<StoredVersion> find(IdentifierQuery query) {
        return rows.bySignature(query.type(), query.hash()).stream()
                .filter(version -> query.matches(FhirJson.stored(version.body())))
                .toList();
    }

    /** 412: a condition that must hold for one resource at most holds for several. */
    static FhirProblem several(IdentifierQuery query, List<String> matches) {
        return FhirProblem.of(
                412,
                "multiple-matches",
                query + " matches " + matches.size() + " resources: " + String.join(", ", matches)
                        + ". It must match one; correct their identifiers first.");
    }
}
