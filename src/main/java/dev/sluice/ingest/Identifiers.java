package dev.sluice.ingest;

import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.FhirProblem;
import dev.sluice.store.RowReader;
import dev.sluice.store.StoredVersion;
import java.util.List;
import java.util.Optional;
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

    /** The one resource that matches, if there is one; a 412 problem if there are several. */
    Optional<StoredVersion> atMostOne(IdentifierQuery query) {
        List<StoredVersion> found = find(query);
        if (found.size() > 1) {
            throw several(query, found.stream().map(v -> v.key().toString()).toList());
        }
        return found.stream().findFirst();
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
