package dev.sluice.filter;

import dev.sluice.fhir.ResourceType;
import dev.sluice.r4.SearchParameter;
import java.util.ArrayList;
import java.util.List;
import org.hl7.fhir.instance.model.api.IBase;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.instance.model.api.IIdType;
import org.hl7.fhir.instance.model.api.IPrimitiveType;
import org.hl7.fhir.r4.model.Identifier;
import org.hl7.fhir.r4.model.Reference;
import org.jspecify.annotations.Nullable;

/** Questions about references and URIs, after R4's sections on them. */
final class ReferenceAsks {
    static final String OWN = "https://sluice.example/fhir";

    private ReferenceAsks() {}

    static List<Ask> of(SearchParameter parameter, IBase element) {
        List<Ask> asks = new ArrayList<>();
        if (element instanceof Reference reference) {
            if (reference.hasReference() && !reference.getReference().startsWith("#")) {
                literal(parameter, reference.getReferenceElement(), asks);
            }
            if (reference.hasIdentifier() && reference.getIdentifier().hasValue()) {
                identifier(reference.getIdentifier(), asks);
            }
        } else if (element instanceof IBaseResource resource) {
            literal(parameter, resource.getIdElement(), asks);
        } else if (element instanceof IPrimitiveType<?> uri
                && uri.getValueAsString().contains(":")) {
            String text = uri.getValueAsString();
            for (String value : List.of(text, text.replaceFirst("\\|.*", ""), text + "x")) {
                asks.add(Ask.of(Ask.escaped(value).replace("\\|", "|"), e -> isUri(e, value)));
            }
        }
        return asks;
    }

    private static void literal(SearchParameter parameter, IIdType id, List<Ask> asks) {
        if (!id.hasResourceType()) {
            String text = id.getValue();
            asks.add(Ask.of(Ask.escaped(text), e -> e instanceof Reference r && text.equals(r.getReference())));
            return;
        }
        String type = id.getResourceType();
        if (ResourceType.find(type).isEmpty()
                || parameter.targets().stream()
                        .noneMatch(target -> target.name().equals(type))) {
            return; // some data refers to what the parameter cannot lead to, which Sluice refuses to look for
        }
        String bare = id.getIdPart();
        String typed = type + "/" + bare;
        boolean here = !id.hasBaseUrl() || id.getBaseUrl().equals(OWN);
        boolean onlyType = parameter.targets().size() == 1; // then a bare id is of it
        asks.add(Ask.of(
                bare,
                e -> isHere(e)
                        && bare.equals(id(e).getIdPart())
                        && (!onlyType || type.equals(id(e).getResourceType()))));
        for (String value : List.of(typed, OWN + "/" + typed, type + "/" + bare + "x")) {
            String wanted = value.substring(value.lastIndexOf('/') + 1);
            asks.add(Ask.of(
                    value, e -> isHere(e) && wanted.equals(id(e).getIdPart()) && type.equals(id(e).getResourceType())));
        }
        if (!here) {
            String url = id.getBaseUrl() + "/" + typed;
            asks.add(Ask.of(
                    url,
                    e -> url.equals(id(e).getBaseUrl() + "/" + id(e).getResourceType() + "/" + id(e).getIdPart())));
        }
        if (parameter.targets().stream().anyMatch(target -> target.name().equals(type))) {
            asks.add(new Ask(
                    ":" + type,
                    bare,
                    e -> isHere(e) && bare.equals(id(e).getIdPart()) && type.equals(id(e).getResourceType())));
        }
    }

    private static void identifier(Identifier identifier, List<Ask> asks) {
        String value = identifier.getValue();
        String system = identifier.getSystem() == null ? "" : identifier.getSystem();
        asks.add(new Ask(
                ":identifier",
                Ask.escaped(system) + "|" + Ask.escaped(value),
                e -> e instanceof Reference r && TokenAsks.has(r.getIdentifier(), system, value)));
        asks.add(new Ask(
                ":identifier",
                Ask.escaped(value),
                e -> e instanceof Reference r && TokenAsks.has(r.getIdentifier(), null, value)));
    }

    private static boolean isHere(IBase element) {
        IIdType id = id(element);
        return ResourceType.find(String.valueOf(id.getResourceType())).isPresent()
                && id.hasIdPart()
                && (!id.hasBaseUrl() || id.getBaseUrl().equals(OWN));
    }

    static boolean refersTo(IBase element, @Nullable ResourceType type, String id) {
        return isHere(element)
                && id.equals(id(element).getIdPart())
                && (type == null || type.name().equals(id(element).getResourceType()));
    }

    private static IIdType id(IBase element) {
        if (element instanceof IBaseResource resource) {
            return resource.getIdElement();
        }
        return element instanceof Reference reference
                        && !String.valueOf(reference.getReference()).startsWith("#")
                ? reference.getReferenceElement()
                : new Reference().getReferenceElement();
    }

    /** The same URI, or a version of it. */
    static boolean isUri(IBase element, String value) {
        String actual = element instanceof IPrimitiveType<?> uri ? uri.getValueAsString() : "";
        return actual.equals(value) || actual.startsWith(value + "|");
    }

    /** Questions to a parameter that is a URI. */
    static List<Ask> ofUri(IBase element) {
        List<Ask> asks = new ArrayList<>();
        String text = element instanceof IPrimitiveType<?> uri ? uri.getValueAsString() : "";
        boolean canonical = element.fhirType().equals("canonical");
        for (String value : List.of(text, text + "x", text.replaceFirst("\\|.*", ""))) {
            asks.add(Ask.of(
                    Ask.escaped(value),
                    e -> e instanceof IPrimitiveType<?> u
                            && (value.equals(u.getValueAsString())
                                    || (canonical && u.getValueAsString().startsWith(value + "|")))));
        }
        if (!text.startsWith("urn:")) {
            for (String value :
                    List.of(text.substring(0, text.length() / 2 + 1), text.substring(1), text, text + "/more")) {
                asks.add(new Ask(
                        ":below",
                        Ask.escaped(value),
                        e -> e instanceof IPrimitiveType<?> u
                                && u.getValueAsString().startsWith(value)));
                asks.add(new Ask(
                        ":above",
                        Ask.escaped(value),
                        e -> e instanceof IPrimitiveType<?> u
                                && (value + "/").startsWith(u.getValueAsString().replaceFirst("/$", "") + "/")
                                && !(u.getValueAsString().endsWith("/")
                                        && value.length() < u.getValueAsString().length())));
            }
        }
        return asks;
    }
}
