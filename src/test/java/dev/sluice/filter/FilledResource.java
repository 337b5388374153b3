package dev.sluice.filter;

import ca.uhn.fhir.context.BaseRuntimeChildDefinition;
import ca.uhn.fhir.context.BaseRuntimeElementCompositeDefinition;
import ca.uhn.fhir.context.BaseRuntimeElementDefinition;
import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.RuntimeChildChoiceDefinition;
import ca.uhn.fhir.context.RuntimeChildDirectResource;
import ca.uhn.fhir.context.RuntimeChildPrimitiveEnumerationDatatypeDefinition;
import ca.uhn.fhir.context.RuntimeChildResourceDefinition;
import dev.sluice.fhir.ResourceType;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.hl7.fhir.instance.model.api.IBase;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.instance.model.api.IPrimitiveType;
import org.hl7.fhir.r4.model.EnumFactory;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Type;
import org.jspecify.annotations.Nullable;

/** Makes resources in which every element has a value; choices, codes and the targets of references are drawn. */
public final class FilledResource {
    private static final int MAX_DEPTH = 5;

    /** Of so many references, one is to whatever type comes. */
    private static final int ODD = 10;

    private static final Set<String> LEFT_OUT = Set.of("id", "contained", "extension", "modifierExtension");
    private static final List<String> REFERENCES = List.of(
            "Patient/p1",
            "Patient/p2/_history/3",
            "https://other.example/fhir/Patient/p3",
            "Practitioner/d1",
            "RelatedPerson/r1",
            "Location/l1",
            "Group/g1",
            "Device/v1",
            "urn:uuid:6f1c7b3e-2d0b-4a27-9d2f-0f6a3a1c0001");
    private static final Map<String, List<String>> PRIMITIVES = Map.ofEntries(
            Map.entry("boolean", List.of("true", "false")),
            Map.entry("integer", List.of("7", "-7", "120")),
            Map.entry("positiveInt", List.of("8")),
            Map.entry("unsignedInt", List.of("9", "0")),
            Map.entry("decimal", List.of("1.50", "-3", "100", "0.004", "100.0")),
            Map.entry("date", List.of("2024-02-03", "2024-02", "2023")),
            Map.entry(
                    "dateTime",
                    List.of("2024-02-03T04:05:06+02:00", "2024-02-02T23:59:59.5Z", "2024-02-03", "2023-12", "2024")),
            Map.entry("instant", List.of("2024-02-03T04:05:06.789Z", "2024-02-03T04:05:06-05:00")),
            Map.entry("time", List.of("04:05:06")),
            Map.entry("base64Binary", List.of("AAAA")),
            Map.entry("uri", List.of("http://example.org/a", "http://example.org/a/b/", "urn:oid:1.2.3")),
            Map.entry("url", List.of("http://example.org/a?b=c&d", "mailto:a@b.example")),
            Map.entry("canonical", List.of("http://example.org/a|1.0", "http://example.org/a", "http://example.org/b")),
            Map.entry("uuid", List.of("urn:uuid:6f1c7b3e-2d0b-4a27-9d2f-0f6a3a1c0002")),
            Map.entry("oid", List.of("urn:oid:1.2.3")),
            Map.entry(
                    "string",
                    List.of("Zo\u00eb O\u2019Brien", "a, b | c$d\\e", "Stra\u00dfe 7", "smith  JONES", "string-%d")),
            Map.entry("id", List.of("some-id")));

    private final FhirContext context;
    private final Random random;

    public FilledResource(FhirContext context, Random random) {
        this.context = context;
        this.random = random;
    }

    public IBaseResource of(ResourceType type) {
        BaseRuntimeElementCompositeDefinition<?> definition = context.getResourceDefinition(type.name());
        IBaseResource resource = (IBaseResource) definition.newInstance();
        fill(resource, definition, 0);
        resource.setId("filled");
        return resource;
    }

    private void fill(IBase parent, BaseRuntimeElementCompositeDefinition<?> definition, int depth) {
        for (BaseRuntimeChildDefinition child : definition.getChildren()) {
            String name = child.getElementName();
            boolean endless = definition.getName().equals("Identifier") && name.equals("assigner");
            if (!LEFT_OUT.contains(name) && !endless && depth < MAX_DEPTH) {
                IBase value = value(child, name, depth);
                if (value != null) {
                    child.getMutator().addValue(parent, value);
                }
            }
        }
    }

    private @Nullable IBase value(BaseRuntimeChildDefinition child, String name, int depth) {
        String field = child instanceof RuntimeChildChoiceDefinition choice ? choice(choice) : name;
        if (child instanceof RuntimeChildDirectResource) {
            return inside(depth);
        }
        if (child instanceof RuntimeChildResourceDefinition reference) {
            return reference(reference.getResourceTypes());
        }
        BaseRuntimeElementDefinition<?> definition = child.getChildByName(field);
        if (definition == null
                || definition.getImplementingClass().isInterface()
                || definition.getName().equals("Narrative")) {
            return null; // a nested resource, or markup
        }
        if (definition.getName().equals("Reference")) {
            return reference(
                    child instanceof RuntimeChildChoiceDefinition choice ? choice.getResourceTypes() : List.of());
        }
        IBase value = definition.newInstance(child.getInstanceConstructorArguments());
        if (value instanceof IPrimitiveType<?> primitive) {
            primitive.setValueAsString(text(child, definition.getName()));
        } else if (definition instanceof BaseRuntimeElementCompositeDefinition<?> composite) {
            fill(value, composite, depth + 1);
        }
        return value;
    }

    /** A resource within the resource, but none in that one. */
    private @Nullable IBaseResource inside(int depth) {
        return depth == 1 ? of(ResourceType.of(random.nextBoolean() ? "Composition" : "MessageHeader")) : null;
    }

    private String choice(RuntimeChildChoiceDefinition choice) {
        List<String> fields = new ArrayList<>();
        for (String field : choice.getValidChildNames().stream().sorted().toList()) {
            BaseRuntimeElementDefinition<?> definition = choice.getChildByName(field);
            boolean alias = definition.getName().equals("Reference") && !field.endsWith("Reference");
            if (!alias && Type.class.isAssignableFrom(definition.getImplementingClass())) {
                fields.add(field);
            }
        }
        return fields.get(random.nextInt(fields.size()));
    }

    /** Mostly one to a type that the element may refer to. */
    private Reference reference(@Nullable List<Class<? extends IBaseResource>> types) {
        List<String> names = types == null
                ? List.of()
                : types.stream()
                        .filter(type -> !type.isInterface() && !Modifier.isAbstract(type.getModifiers()))
                        .map(Class::getSimpleName)
                        .map(name -> name.replaceFirst("Resource$", ""))
                        .filter(name -> ResourceType.find(name).isPresent())
                        .toList();
        String drawn = REFERENCES.get(random.nextInt(REFERENCES.size()));
        boolean fits = names.isEmpty() || names.stream().anyMatch(name -> drawn.contains(name + "/"));
        return new Reference(
                fits || random.nextInt(ODD) == 0
                        ? drawn
                        : drawn.replaceFirst("[A-Z][A-Za-z]+(?=/[a-z]\\d)", names.get(random.nextInt(names.size()))));
    }

    private String text(BaseRuntimeChildDefinition child, String type) {
        if (child instanceof RuntimeChildPrimitiveEnumerationDatatypeDefinition bound) {
            return code(bound);
        }
        List<String> texts = PRIMITIVES.getOrDefault(type, List.of(type + "-%d"));
        return texts.get(random.nextInt(texts.size())).replace("%d", String.valueOf(random.nextInt(100)));
    }

    @SuppressWarnings("unchecked")
    private String code(RuntimeChildPrimitiveEnumerationDatatypeDefinition bound) {
        EnumFactory<Enum<?>> factory = (EnumFactory<Enum<?>>) bound.getInstanceConstructorArguments();
        List<? extends Enum<?>> constants = Arrays.stream(
                        bound.getBoundEnumType().getEnumConstants())
                .filter(constant -> !constant.name().equals("NULL"))
                .toList();
        return factory.toCode(constants.get(random.nextInt(constants.size())));
    }
}
