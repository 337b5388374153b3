package dev.sluice.view;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.fhirpath.IFhirPath;
import dev.sluice.fhir.FhirJson;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.hl7.fhir.instance.model.api.IBase;
import org.hl7.fhir.r4.model.Base;
import org.hl7.fhir.r4.model.BooleanType;
import org.hl7.fhir.r4.model.DecimalType;
import org.hl7.fhir.r4.model.IntegerType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The rows of a view by the processing algorithm of the specification, word for word, on objects of HAPI and with its engine
 * for FHIRPath.
 */
final class ViewOracle {
    private static final FhirContext HAPI = FhirContext.forR4Cached();

    private final IFhirPath engine = HAPI.newFhirPath();
    private final Map<String, IFhirPath.IParsedExpression> parsed = new TreeMap<>();

    /** The rows, each from the name of a column to its value in comparable JSON. */
    List<Map<String, String>> rows(JsonNode view, ObjectNode resource) {
        if (!resource.path("resourceType").equals(view.path("resource"))) {
            return List.of();
        }
        IBase node = HAPI.newJsonParser().parseResource(resource.toString());
        for (JsonNode where : view.path("where")) {
            List<IBase> found = evaluate(where.path("path").stringValue(), node);
            if (found.size() != 1 || !(found.get(0) instanceof BooleanType bool) || !bool.booleanValue()) {
                return List.of();
            }
        }
        return process(FhirJson.MAPPER.createObjectNode().set("select", view.path("select")), node);
    }

    private List<Map<String, String>> process(JsonNode selection, IBase node) {
        List<IBase> foci = List.of(node);
        if (selection.has("forEach")) {
            foci = evaluate(selection.path("forEach").stringValue(), node);
        } else if (selection.has("forEachOrNull")) {
            foci = evaluate(selection.path("forEachOrNull").stringValue(), node);
        }
        List<Map<String, String>> rows = new ArrayList<>();
        for (IBase focus : foci) {
            List<List<Map<String, String>>> parts = new ArrayList<>();
            for (JsonNode column : selection.path("column")) {
                parts.add(List.of(Map.of(column.path("name").stringValue(), value(column, focus))));
            }
            for (JsonNode inner : selection.path("select")) {
                parts.add(process(inner, focus));
            }
            if (selection.has("unionAll")) {
                List<Map<String, String>> union = new ArrayList<>();
                for (JsonNode branch : selection.path("unionAll")) {
                    union.addAll(process(branch, focus));
                }
                parts.add(union);
            }
            rows.addAll(product(parts));
        }
        if (foci.isEmpty() && selection.has("forEachOrNull")) {
            rows.add(names(selection).stream()
                    .collect(Collectors.toMap(name -> name, name -> "null", (a, b) -> a, LinkedHashMap::new)));
        }
        return rows;
    }

    private static List<Map<String, String>> product(List<List<Map<String, String>>> parts) {
        List<Map<String, String>> rows = List.of(Map.of());
        for (List<Map<String, String>> part : parts) {
            List<Map<String, String>> longer = new ArrayList<>();
            for (Map<String, String> row : rows) {
                for (Map<String, String> more : part) {
                    Map<String, String> both = new LinkedHashMap<>(row);
                    both.putAll(more);
                    longer.add(both);
                }
            }
            rows = longer;
        }
        return rows;
    }

    private static List<String> names(JsonNode selection) {
        List<String> names = new ArrayList<>();
        selection.path("column").forEach(column -> names.add(column.path("name").stringValue()));
        selection.path("select").forEach(inner -> names.addAll(names(inner)));
        if (selection.has("unionAll")) {
            names.addAll(names(selection.path("unionAll").path(0)));
        }
        return names;
    }

    private String value(JsonNode column, IBase focus) {
        List<IBase> found = evaluate(column.path("path").stringValue(), focus);
        if (column.path("collection").asBoolean(false)) {
            return found.stream().map(ViewOracle::text).toList().toString();
        }
        if (found.size() > 1) {
            throw new IllegalStateException("several values");
        }
        return found.isEmpty() ? "null" : text(found.get(0));
    }

    private static String text(IBase element) {
        Base base = (Base) element;
        if (base instanceof BooleanType || base instanceof IntegerType) {
            return base.primitiveValue();
        }
        if (base instanceof DecimalType decimal) {
            return number(decimal.getValue());
        }
        return base.primitiveValue() == null
                ? "null"
                : FhirJson.MAPPER
                        .getNodeFactory()
                        .stringNode(base.primitiveValue())
                        .toString();
    }

    /** A number is the same with other zeros at its end. */
    static String number(BigDecimal value) {
        return value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString();
    }

    /** The values of a path of a resource. */
    List<String> values(String path, String resource) {
        return evaluate(path, HAPI.newJsonParser().parseResource(resource)).stream()
                .map(ViewOracle::text)
                .toList();
    }

    private List<IBase> evaluate(String path, IBase focus) {
        IFhirPath.IParsedExpression expression = parsed.computeIfAbsent(path, text -> {
            try {
                return engine.parse(text);
            } catch (Exception e) {
                throw new AssertionError(text, e);
            }
        });
        return engine.evaluate(focus, expression, IBase.class);
    }
}
