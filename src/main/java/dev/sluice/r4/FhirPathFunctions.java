package dev.sluice.r4;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.hl7.fhir.exceptions.PathEngineException;
import org.hl7.fhir.r4.fhirpath.FHIRPathEngine;
import org.hl7.fhir.r4.fhirpath.FHIRPathUtilityClasses.FunctionDetails;
import org.hl7.fhir.r4.fhirpath.IHostApplicationServices;
import org.hl7.fhir.r4.fhirpath.TypeDetails;
import org.hl7.fhir.r4.model.Base;
import org.hl7.fhir.r4.model.Identifier;
import org.hl7.fhir.r4.model.Property;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r4.model.ValueSet;
import org.hl7.fhir.utilities.fhirpath.FHIRPathConstantEvaluationMode;
import org.jspecify.annotations.Nullable;

/** What HAPI's engine for FHIRPath asks of its host: two functions more, and nothing from outside of a resource. */
final class FhirPathFunctions implements IHostApplicationServices {
    static final String BY_TYPE = "nodesByType";
    static final String BY_NAME = "nodesByName";

    private static final Map<String, FunctionDetails> FUNCTIONS = Map.of(
            BY_TYPE, new FunctionDetails("the elements of a type", 1, 1),
            BY_NAME, new FunctionDetails("the elements of a name", 1, 1));

    @Override
    public @Nullable FunctionDetails resolveFunction(FHIRPathEngine engine, String name) {
        return FUNCTIONS.get(name);
    }

    @Override
    public List<Base> executeFunction(
            FHIRPathEngine engine,
            @Nullable Object context,
            List<Base> focus,
            String name,
            List<List<Base>> parameters) {
        List<Base> wanted = parameters.get(0);
        if (wanted.size() != 1) {
            throw new PathEngineException(name + " needs one text");
        }
        List<Base> found = new ArrayList<>();
        for (Base start : focus) {
            collect(start, "", name.equals(BY_TYPE), wanted.get(0).primitiveValue(), found);
        }
        return found;
    }

    private static void collect(Base node, String name, boolean byType, String wanted, List<Base> found) {
        if (wanted.equals(byType ? node.fhirType() : name)) {
            found.add(node);
        }
        for (Property property : node.children()) {
            for (Base child : property.getValues()) {
                if (!(child instanceof Resource)) {
                    collect(child, property.getName().replace("[x]", ""), byType, wanted, found);
                }
            }
        }
    }

    @Override
    public TypeDetails checkFunction(
            FHIRPathEngine engine, Object context, String name, TypeDetails focus, List<TypeDetails> parameters) {
        throw new PathEngineException("types are not checked");
    }

    @Override
    public List<Base> resolveConstant(
            FHIRPathEngine engine, Object context, String name, FHIRPathConstantEvaluationMode mode) {
        return List.of();
    }

    @Override
    public TypeDetails resolveConstantType(
            FHIRPathEngine engine, Object context, String name, FHIRPathConstantEvaluationMode mode) {
        throw new PathEngineException("types are not checked");
    }

    @Override
    public boolean log(String argument, List<Base> focus) {
        return false;
    }

    @Override
    public @Nullable Base resolveReference(
            FHIRPathEngine engine, Object context, String url, Identifier identifier, Base source) {
        return null;
    }

    @Override
    public boolean conformsToProfile(FHIRPathEngine engine, Object context, Base item, String url) {
        return false;
    }

    @Override
    public @Nullable ValueSet resolveValueSet(FHIRPathEngine engine, Object context, String url) {
        return null;
    }

    @Override
    public boolean paramIsType(String name, int index) {
        return false;
    }
}
