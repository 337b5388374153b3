package dev.sluice.filter;

import dev.sluice.r4.SearchParamType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.hl7.fhir.instance.model.api.IBase;
import org.hl7.fhir.instance.model.api.IPrimitiveType;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.ContactPoint;
import org.hl7.fhir.r4.model.EnumFactory;
import org.hl7.fhir.r4.model.Enumeration;
import org.hl7.fhir.r4.model.Identifier;
import org.jspecify.annotations.Nullable;

/** Questions about tokens, after R4's section on them. */
final class TokenAsks {
    private static final Set<String> WITH_SYSTEM = Set.of("CodeableConcept", "Coding", "Identifier", "code", "string");
    private static final Set<String> WITH_TEXT = Set.of("CodeableConcept", "Coding", "Identifier");

    private TokenAsks() {}

    static List<Ask> of(IBase element) {
        List<Ask> asks = new ArrayList<>();
        for (Coding token : tokens(element)) {
            String code = token.getCode();
            String system = token.getSystem();
            if (code == null || code.isBlank()) {
                continue;
            }
            asks.add(Ask.of(Ask.escaped(code), e -> has(e, null, code)));
            asks.add(new Ask(":not", Ask.escaped(code), e -> has(e, null, code)));
            if (!element.fhirType().equals("boolean")) {
                asks.add(Ask.of(Ask.escaped(code + "x"), e -> has(e, null, code + "x")));
            }
            if (WITH_SYSTEM.contains(element.fhirType())) {
                asks.add(Ask.of("|" + Ask.escaped(code), e -> has(e, "", code)));
                String asked = system == null || system.isEmpty() ? "http://none.example" : system;
                asks.add(Ask.of(Ask.escaped(asked) + "|" + Ask.escaped(code), e -> has(e, asked, code)));
                asks.add(Ask.of(Ask.escaped(asked) + "|", e -> has(e, asked, null)));
                asks.add(new Ask(":not", Ask.escaped(asked) + "|", e -> has(e, asked, null)));
            }
        }
        if (WITH_TEXT.contains(element.fhirType())) {
            texts(element).forEach(text -> StringAsks.starts(":text", text, e -> texts(e), asks));
        }
        if (element instanceof Identifier identifier && identifier.hasValue()) {
            identifier.getType().getCoding().forEach(type -> ofType(type, identifier.getValue(), asks));
        }
        return asks;
    }

    private static void ofType(Coding type, String value, List<Ask> asks) {
        if (type.hasSystem() && type.hasCode()) {
            for (String asked : List.of(value, value + "x")) {
                asks.add(new Ask(
                        ":of-type",
                        Ask.escaped(type.getSystem()) + "|" + Ask.escaped(type.getCode()) + "|" + Ask.escaped(asked),
                        e -> e instanceof Identifier i
                                && asked.equals(i.getValue())
                                && has(i.getType(), type.getSystem(), type.getCode())));
            }
        }
    }

    /** Whether an element is a token of this system (empty: without one, null: any) and this code (null: any). */
    static boolean has(IBase element, @Nullable String system, @Nullable String code) {
        for (Coding token : tokens(element)) {
            boolean sameCode = code == null
                    || (element.fhirType().equals("string")
                            ? code.equalsIgnoreCase(token.getCode())
                            : code.equals(token.getCode()));
            if (sameCode && hasSystem(element, token, system, code)) {
                return true;
            }
        }
        return false;
    }

    /** A code has the system of its binding; where HAPI knows none, any system that is asked for with a code. */
    private static boolean hasSystem(IBase element, Coding token, @Nullable String system, @Nullable String code) {
        if (system == null) {
            return true;
        }
        String actual = token.getSystem() == null ? "" : token.getSystem();
        if (element.fhirType().equals("code")) {
            return system.isEmpty() || (actual.isEmpty() ? code != null : system.equals(actual));
        }
        return system.equals(actual);
    }

    private static List<Coding> tokens(IBase element) {
        if (element instanceof CodeableConcept concept) {
            return concept.getCoding();
        }
        if (element instanceof Coding coding) {
            return List.of(coding);
        }
        if (element instanceof Identifier identifier) {
            return List.of(new Coding(identifier.getSystem(), identifier.getValue(), null));
        }
        if (element instanceof ContactPoint contact) {
            return List.of(new Coding(null, contact.getValue(), null));
        }
        if (element instanceof Enumeration<?> bound) {
            return List.of(new Coding(system(bound), bound.getValueAsString(), null));
        }
        return element instanceof IPrimitiveType<?> primitive
                        && SearchParamType.TOKEN.elementTypes().contains(element.fhirType())
                ? List.of(new Coding(null, primitive.getValueAsString(), null))
                : List.of();
    }

    private static <T extends Enum<?>> @Nullable String system(Enumeration<T> bound) {
        EnumFactory<T> factory = bound.getEnumFactory();
        return bound.getValue() == null ? null : factory.toSystem(bound.getValue());
    }

    /** The words beside a token. */
    private static List<String> texts(IBase element) {
        List<String> texts = new ArrayList<>();
        if (element instanceof CodeableConcept concept) {
            texts.add(concept.getText());
            concept.getCoding().forEach(coding -> texts.add(coding.getDisplay()));
        } else if (element instanceof Coding coding) {
            texts.add(coding.getDisplay());
        } else if (element instanceof Identifier identifier) {
            texts.add(identifier.getType().getText());
        }
        texts.removeIf(text -> text == null || text.isBlank());
        return texts;
    }
}
