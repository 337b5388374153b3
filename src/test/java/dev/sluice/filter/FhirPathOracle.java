package dev.sluice.filter;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.RuntimeSearchParam;
import ca.uhn.fhir.fhirpath.IFhirPath;
import ca.uhn.fhir.fhirpath.IFhirPath.IParsedExpression;
import ca.uhn.fhir.fhirpath.IFhirPathEvaluationContext;
import dev.sluice.r4.SearchParamType;
import dev.sluice.r4.SearchParameter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.hl7.fhir.instance.model.api.IBase;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.instance.model.api.IIdType;
import org.jspecify.annotations.Nullable;

/** HAPI's FHIRPath engine: what the expression of a search parameter finds in a parsed resource. */
public final class FhirPathOracle {
    private final FhirContext context;
    private final IFhirPath engine;
    private final Map<String, IParsedExpression> parsed = new HashMap<>();

    /** A reference resolves to an empty resource of the type that its text names. */
    public FhirPathOracle(FhirContext context) {
        this.context = context;
        this.engine = context.newFhirPath();
        engine.setEvaluationContext(new IFhirPathEvaluationContext() {
            @Override
            public @Nullable IBase resolveReference(IIdType id, IBase reference) {
                return id.hasResourceType()
                        ? context.getResourceDefinition(id.getResourceType()).newInstance()
                        : null;
            }
        });
    }

    /** What a parameter finds, of whatever type. */
    public List<IBase> find(SearchParameter parameter, IBaseResource resource) {
        return find(expression(parameter), resource).stream()
                // A Bundle's first resource is its composition or its message, if it is of such a type.
                .filter(found -> !(found instanceof IBaseResource inside)
                        || parameter.kind() == SearchParamType.COMPOSITE
                        || parameter.targets().stream()
                                .anyMatch(type -> type.name().equals(inside.fhirType())))
                .toList();
    }

    /** The FHIRPath expression of a parameter; of the common {@code _source} HAPI has none. */
    static String expression(SearchParameter parameter) {
        RuntimeSearchParam known = FhirContext.forR4Cached()
                .getResourceDefinition(parameter.type().name())
                .getSearchParam(parameter.name());
        return known == null ? "Resource.meta.source" : known.getPath();
    }

    /** What an expression finds from an element. */
    public List<IBase> find(String expression, IBase start) {
        List<IBase> elements = new ArrayList<>();
        // Part by part, for the engine compares quantities in a union, which needs a UCUM service.
        for (String part : expression.split(" ?\\| ?", -1)) {
            elements.addAll(engine.evaluate(start, parsed.computeIfAbsent(part, this::parse), IBase.class));
        }
        return elements;
    }

    /** Sluice believes a reference that cannot be resolved, but tells the type of what it means. */
    private IParsedExpression parse(String expression) {
        String lenient = expression.replaceAll(
                "where\\(resolve\\(\\) is (\\w+)\\)",
                "where((resolve() is $1) or (resolve().exists().not() and type = '$1'))");
        try {
            return engine.parse(lenient);
        } catch (Exception e) {
            throw new AssertionError(expression + " in " + context.getVersion(), e);
        }
    }
}
