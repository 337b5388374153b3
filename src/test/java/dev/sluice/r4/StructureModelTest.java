package dev.sluice.r4;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.fhir.ResourceType;
import dev.sluice.r4.StructureModel.Complex;
import dev.sluice.r4.StructureModel.Primitive;
import dev.sluice.r4.StructureModel.Property;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Compares what HAPI's structures say with R4's own StructureDefinitions, as HL7 publishes them. */
class StructureModelTest {
    private static final String FOLDER = "/org/hl7/fhir/r4/model/profile/";
    private static final String SYSTEM_TYPE = "http://hl7.org/fhirpath/System.";

    private final StructureModel model = new StructureModel();
    private final Set<String> seen = new HashSet<>();

    /** One ElementDefinition of a snapshot. */
    private static final class Element {
        private String path = "";
        private String max = "";
        private @Nullable String reference;
        private final List<String> types = new ArrayList<>();
    }

    @Test
    void itHasThePropertiesOfR4() throws Exception {
        Map<String, Map<String, List<Element>>> definitions = new HashMap<>();
        read("profiles-types.xml", definitions);
        read("profiles-resources.xml", definitions);
        Map<String, String> differences = new TreeMap<>();

        for (ResourceType type : ResourceType.all()) {
            Map<String, List<Element>> elements = definitions.getOrDefault(type.name(), Map.of());
            compare(type.name(), model.of(type), elements, definitions, differences);
        }

        assertThat(definitions).hasSizeGreaterThan(180);
        assertThat(differences)
                .as("but for one code that HAPI has as a string")
                .containsOnlyKeys("ImplementationGuide.definition.parameter.code");
    }

    private void compare(
            String path,
            Map<String, Property> properties,
            Map<String, List<Element>> elements,
            Map<String, Map<String, List<Element>>> definitions,
            Map<String, String> differences) {
        if (!seen.add(path)) {
            return;
        }
        Map<String, String> expected = new TreeMap<>();
        for (Element element : elements.getOrDefault(path, List.of())) {
            String name = element.path.substring(path.length() + 1);
            for (String type : element.types) {
                boolean choice = name.endsWith("[x]");
                String field =
                        choice ? name.replace("[x]", Character.toUpperCase(type.charAt(0)) + type.substring(1)) : name;
                expected.put(
                        field, (element.max.equals("*") ? "list of " : "") + type + (choice ? ", one of " + name : ""));
            }
            if (element.reference != null) {
                expected.put(name, (element.max.equals("*") ? "list of " : "") + "Element");
            }
        }
        Map<String, String> actual = new TreeMap<>();
        properties.forEach((name, property) -> actual.put(name, text(property)));
        for (String name : new TreeSet<>(expected.keySet())) {
            if (!Objects.equals(expected.get(name), actual.get(name))) {
                differences.put(path + "." + name, "R4: " + expected.get(name) + ", here: " + actual.get(name));
            }
        }
        actual.keySet().removeAll(expected.keySet());
        if (!actual.isEmpty()) {
            differences.put(path, "not in R4: " + actual);
        }
        properties.forEach((name, property) -> {
            if (property.value() instanceof Complex type) {
                String inner = path + "." + name;
                boolean block = elements.containsKey(inner);
                String target = elements.getOrDefault(path, List.of()).stream()
                        .filter(e -> e.path.equals(inner) && e.reference != null)
                        .map(e -> String.valueOf(e.reference))
                        .findFirst()
                        .orElse(block ? inner : type.definition().getName());
                Map<String, List<Element>> of = definitions.getOrDefault(
                        target.contains(".") ? target.substring(0, target.indexOf('.')) : target, elements);
                if (!target.contains("Quantity") || target.contains(".")) {
                    compare(target, model.of(type), of, definitions, differences);
                }
            }
        });
    }

    private static String text(Property property) {
        String type = "Resource";
        if (property.value() instanceof Primitive primitive) {
            type = primitive.extensible() || primitive.format().name().equals("xhtml")
                    ? primitive.format().name()
                    : "System";
        } else if (property.value() instanceof Complex complex) {
            type = complex.definition().getName().endsWith("Component")
                    ? "Element"
                    : complex.definition().getName();
        }
        return (property.list() ? "list of " : "")
                + type
                + (property.choice() == null ? "" : ", one of " + property.choice() + "[x]");
    }

    /** The elements of each definition's snapshot, by the path of their parent. */
    private static void read(String file, Map<String, Map<String, List<Element>>> into)
            throws IOException, XMLStreamException {
        try (InputStream in = StructureModelTest.class.getResourceAsStream(FOLDER + file)) {
            XMLStreamReader xml = XMLInputFactory.newDefaultFactory().createXMLStreamReader(in);
            List<String> open = new ArrayList<>();
            Element element = new Element();
            while (xml.hasNext()) {
                int event = xml.next();
                if (event == XMLStreamConstants.START_ELEMENT) {
                    open.add(xml.getLocalName());
                    String at = String.join("/", open);
                    String value = xml.getAttributeValue(null, "value");
                    if (at.endsWith("/snapshot/element")) {
                        element = new Element();
                    } else if (at.endsWith("/snapshot/element/path")) {
                        element.path = value;
                    } else if (at.endsWith("/snapshot/element/max")) {
                        element.max = value;
                    } else if (at.endsWith("/snapshot/element/contentReference")) {
                        element.reference = value.substring(1);
                    } else if (at.endsWith("/snapshot/element/type/code")) {
                        element.types.add(
                                value.startsWith(SYSTEM_TYPE) ? "System" : value.replace("BackboneElement", "Element"));
                    }
                } else if (event == XMLStreamConstants.END_ELEMENT) {
                    if (String.join("/", open).endsWith("/snapshot/element") && element.path.contains(".")) {
                        String root = element.path.substring(0, element.path.indexOf('.'));
                        String parent = element.path.substring(0, element.path.lastIndexOf('.'));
                        into.computeIfAbsent(root, r -> new HashMap<>())
                                .computeIfAbsent(parent, p -> new ArrayList<>())
                                .add(element);
                    }
                    open.remove(open.size() - 1);
                }
            }
        }
    }
}
