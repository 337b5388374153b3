package dev.sluice.export;

import dev.sluice.fhir.FhirException;
import dev.sluice.output.ExportedFile;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The form in which a file is sent to a client: as it is stored, or decompressed if the client does not accept gzip.
 *
 * @param etag the entity tag of this form, with its quotes
 * @param decompressed whether the file must be decompressed
 * @param negotiated whether another {@code Accept-Encoding} could have led to another form
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#field.accept-encoding">RFC 9110, Accept-Encoding</a>
 */
record FileRepresentation(String etag, boolean decompressed, boolean negotiated) {
    private static final String GZIP = "gzip";
    private static final String IDENTITY = "identity";
    private static final String ANY = "*";

    /**
     * The form of a file that matches the {@code Accept-Encoding} headers of a request; a 406 problem if none matches.
     */
    static FileRepresentation of(ExportedFile file, List<String> accepted) {
        boolean encoded = file.packed() != null && !file.name().endsWith(".gz");
        Map<String, Double> weights = weights(accepted);
        double gzip = weights.getOrDefault(GZIP, weights.getOrDefault(ANY, 0.0));
        @Nullable Double plain = weights.get(IDENTITY);
        if (encoded && gzip > 0 && (plain == null || gzip >= plain)) {
            return new FileRepresentation("\"" + file.sha256() + "\"", false, true);
        }
        if ((plain == null ? weights.getOrDefault(ANY, 1.0) : plain) == 0) {
            throw FhirException.of(
                    406,
                    "not-supported",
                    "The header 'Accept-Encoding: " + String.join(", ", accepted)
                            + "' refuses every form that the file " + file.name() + " has: "
                            + (encoded ? "gzip and identity" : IDENTITY) + ".");
        }
        return encoded
                ? new FileRepresentation("\"" + file.sha256() + "-identity\"", true, true)
                : new FileRepresentation("\"" + file.sha256() + "\"", false, false);
    }

    /** The weights by coding; an unreadable weight counts as 1. */
    private static Map<String, Double> weights(List<String> accepted) {
        Map<String, Double> weights = new HashMap<>();
        for (String item : String.join(",", accepted).toLowerCase(Locale.ROOT).split(",", -1)) {
            String[] parts = item.split(";", -1);
            String coding = parts[0].strip();
            double weight = 1;
            for (int i = 1; i < parts.length; i++) {
                String parameter = parts[i].replaceAll("\\s", "");
                if (parameter.matches("q=(0(\\.\\d*)?|1(\\.0*)?)")) {
                    weight = Double.parseDouble(parameter.substring(2));
                }
            }
            if (!coding.isEmpty()) {
                weights.put(coding.equals("x-gzip") ? GZIP : coding, weight);
            }
        }
        return weights;
    }
}
