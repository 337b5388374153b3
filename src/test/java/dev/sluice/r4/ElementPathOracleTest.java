package dev.sluice.r4;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.parser.IParser;
import ca.uhn.fhir.parser.LenientErrorHandler;
import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.ResourceType;
import dev.sluice.filter.FhirPathOracle;
import dev.sluice.filter.FilledResource;
import dev.sluice.filter.SampleResources;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.hl7.fhir.instance.model.api.IBase;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.instance.model.api.IIdType;
import org.hl7.fhir.instance.model.api.IPrimitiveType;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** HAPI's FHIRPath engine says what each search parameter finds; the paths over JSON must find the same. */
class ElementPathOracleTest {
    private static final long SEED = 20_260_101;
    private static final int AT_LEAST = 3;
    private static final int AT_MOST = 100;
    private static final FhirContext HAPI = FhirContext.forR4Cached();
    private static final IParser PARSER = HAPI.newJsonParser().setParserErrorHandler(new LenientErrorHandler(false));

    private final SearchParameters parameters = new SearchParameters();
    private final FhirPathOracle oracle = new FhirPathOracle(HAPI);
    private final Set<String> reached = new TreeSet<>();

    @Test
    void everyPathFindsInFilledResourcesWhatFhirPathFinds() {
        FilledResource filled = new FilledResource(HAPI, new Random(SEED));

        for (ResourceType type : ResourceType.all()) {
            Set<String> missing = paths(type);
            for (int i = 0; i < AT_LEAST || (i < AT_MOST && !missing.isEmpty()); i++) {
                compare(type, json(filled.of(type)));
                missing.removeAll(reached);
            }
            assertThat(missing)
                    .as("paths that found nothing, with seed %d", SEED)
                    .isEmpty();
        }
    }

    private Set<String> paths(ResourceType type) {
        Set<String> paths = new TreeSet<>();
        parameters.of(type).forEach(p -> p.paths().forEach(path -> paths.add(p + " " + path)));
        return paths;
    }

    @Test
    void everyPathFindsInTheSampleWhatFhirPathFinds() throws Exception {
        for (ObjectNode resource : SampleResources.resources(25)) {
            compare(ResourceType.of(resource.get("resourceType").stringValue()), resource);
        }

        assertThat(reached).hasSizeGreaterThan(200);
    }

    private void compare(ResourceType type, ObjectNode resource) {
        IBaseResource object = PARSER.parseResource(resource.toString());
        for (SearchParameter parameter : parameters.of(type)) {
            if (parameter.isSupported() && parameter.kind() != SearchParamType.COMPOSITE) {
                assertThat(found(parameter, resource))
                        .as("%s in %s", parameter, resource)
                        .isEqualTo(expected(parameter, object));
            }
        }
    }

    private Set<JsonNode> found(SearchParameter parameter, ObjectNode resource) {
        Set<JsonNode> elements = new HashSet<>();
        for (ElementPath path : parameter.paths()) {
            path.any(resource, element -> {
                elements.add(element);
                reached.add(parameter + " " + path);
                return false;
            });
        }
        return elements;
    }

    private Set<JsonNode> expected(SearchParameter parameter, IBaseResource resource) {
        Set<String> types = parameter.kind().elementTypes();
        Set<JsonNode> elements = new HashSet<>();
        for (IBase element : oracle.find(parameter, resource)) {
            if (types.contains(element.fhirType())) {
                elements.add(json(element));
            } else if (element instanceof IBaseResource inside && types.contains(R4Structure.RESOURCE)) {
                elements.add(json(inside));
            }
        }
        return elements;
    }

    private static ObjectNode json(IBaseResource resource) {
        return FhirJson.parseObject(PARSER.encodeResourceToString(resource).getBytes(UTF_8));
    }

    private static JsonNode json(IBase element) {
        if (element instanceof IIdType id) {
            return FhirJson.MAPPER.valueToTree(id.getIdPart());
        }
        if (element instanceof IPrimitiveType<?> primitive) {
            Object value = primitive.getValue();
            return value instanceof Boolean || value instanceof Number
                    ? FhirJson.MAPPER.readTree(primitive.getValueAsString())
                    : FhirJson.MAPPER.valueToTree(primitive.getValueAsString());
        }
        return FhirJson.MAPPER.readTree(PARSER.encodeToString(element));
    }
}
