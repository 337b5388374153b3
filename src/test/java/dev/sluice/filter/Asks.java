package dev.sluice.filter;

import dev.sluice.r4.SearchParameter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.hl7.fhir.instance.model.api.IBase;

/** Questions to a parameter that are made of a value in the data, so that some resources match and others do not. */
final class Asks {
    private Asks() {}

    /**
     * Those of one element.
     *
     * @param now what an approximate date is measured from
     */
    static List<Ask> of(SearchParameter parameter, IBase element, Instant now) {
        return switch (parameter.kind()) {
            case TOKEN -> TokenAsks.of(element);
            case STRING -> StringAsks.of(parameter, element);
            case DATE -> TimeAsks.of(element, now);
            case REFERENCE -> ReferenceAsks.of(parameter, element);
            case NUMBER -> NumberAsks.of(element);
            case QUANTITY -> NumberAsks.ofQuantity(element);
            case URI -> ReferenceAsks.ofUri(element);
            case COMPOSITE, SPECIAL -> List.of();
        };
    }

    /**
     * Those of one element of a composite parameter: each component's questions beside the first ones of the others.
     *
     * @param parts of each component, the elements that the oracle finds
     */
    static List<Ask> combined(List<SearchParameter> parameters, Parts parts, IBase element, Instant now) {
        List<List<Ask>> choices = new ArrayList<>();
        for (int i = 0; i < parameters.size(); i++) {
            SearchParameter parameter = parameters.get(i);
            choices.add(parts.of(i, element).stream()
                    .flatMap(part -> of(parameter, part, now).stream())
                    .filter(ask -> ask.modifier().isEmpty())
                    .toList());
        }
        List<Ask> asks = new ArrayList<>();
        if (choices.stream().noneMatch(List::isEmpty)) {
            for (int i = 0; i < choices.size(); i++) {
                for (Ask varied : choices.get(i)) {
                    List<Ask> row =
                            new ArrayList<>(choices.stream().map(c -> c.get(0)).toList());
                    row.set(i, varied);
                    asks.add(joined(row, parts));
                }
            }
        }
        return asks;
    }

    /** What the components of an element of a composite parameter are. */
    interface Parts {
        List<IBase> of(int component, IBase element);
    }

    private static Ask joined(List<Ask> row, Parts parts) {
        String value = String.join("$", row.stream().map(Ask::value).toList());
        return Ask.of(value, element -> {
            for (int i = 0; i < row.size(); i++) {
                if (parts.of(i, element).stream().noneMatch(row.get(i).holds())) {
                    return false;
                }
            }
            return true;
        });
    }
}
