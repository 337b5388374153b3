package dev.sluice.export;

import dev.sluice.fhir.FhirException;
import dev.sluice.planner.ExportParameter;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The unparsed parameters of a kick-off, by name: from the URL, from a {@code Parameters} body, or both. Where a list
 * is allowed, a repeated parameter and a comma list are equivalent.
 */
final class KickOffParameters {
    /** The largest number of elements of a list, as many as a filter's values; each takes a hundred bytes of heap. */
    private static final int ELEMENTS = 20_000;

    private final Map<String, List<String>> values = new TreeMap<>();
    private final Set<String> inUrl = new HashSet<>();

    /** Reads the parameters of a request; throws a problem if its body is not a {@code Parameters} resource. */
    static KickOffParameters of(HttpServletRequest request) throws IOException {
        KickOffParameters parameters = new KickOffParameters();
        request.getParameterMap().forEach((name, given) -> {
            parameters.values.put(name, new ArrayList<>(List.of(given)));
            parameters.inUrl.add(name);
        });
        KickOffBody.read(
                request,
                (name, value) -> parameters
                        .values
                        .computeIfAbsent(name, n -> new ArrayList<>())
                        .add(value));
        return parameters;
    }

    /** Parameters that are in no HTTP request, by name. */
    static KickOffParameters of(Map<String, List<String>> given) {
        KickOffParameters parameters = new KickOffParameters();
        given.forEach((name, values) -> parameters.values.put(name, new ArrayList<>(values)));
        return parameters;
    }

    Set<String> names() {
        return values.keySet();
    }

    boolean isInUrl(ExportParameter parameter) {
        return parameter.names().stream().anyMatch(inUrl::contains);
    }

    boolean has(ExportParameter parameter) {
        return !all(parameter).isEmpty();
    }

    /** Every value of a parameter, as the client wrote it. */
    List<String> all(ExportParameter parameter) {
        return parameter.names().stream()
                .flatMap(name -> values.getOrDefault(name, List.of()).stream())
                .toList();
    }

    /**
     * Every element of the comma lists of a parameter, trimmed, without repeats.
     *
     * @throws FhirException 400 if there are too many of them
     */
    List<String> list(ExportParameter parameter) {
        List<String> all = all(parameter);
        if (all.stream().flatMapToInt(String::chars).filter(c -> c == ',').count() >= ELEMENTS) {
            throw FhirException.of(
                    400,
                    "too-costly",
                    parameter + " has more than " + ELEMENTS + " elements; divide the export into several.");
        }
        return all.stream()
                .flatMap(value -> Stream.of(value.split(",", -1)))
                .map(String::strip)
                .distinct()
                .toList();
    }
}
