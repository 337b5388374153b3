package dev.sluice.search;

import dev.sluice.fhir.ResourceType;
import dev.sluice.search.ElementModel.Place;
import dev.sluice.search.ElementPath.Condition;
import dev.sluice.search.ElementPath.FieldIs;
import dev.sluice.search.ElementPath.Fields;
import dev.sluice.search.ElementPath.Presence;
import dev.sluice.search.ElementPath.RefersTo;
import dev.sluice.search.ElementPath.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Compiles the expression of a search parameter, which is a small part of FHIRPath, to paths over JSON.
 *
 * <p>Understood are field names, unions, {@code as}, {@code as(T)}, {@code ofType(T)}, {@code where(f='v')},
 * {@code where(resolve() is T)} and {@code X.exists() and X != false}. An expression with anything else, or that can
 * find nothing in the type, compiles to nothing at all: its parameter is then refused, never silently unmatched.
 */
final class PathCompiler {
    private static final Pattern PRESENCE = Pattern.compile("([\\w.]+)\\.exists\\(\\) and \\1 != false");
    private static final Pattern CAST = Pattern.compile("\\(([^()]+) as (\\w+)\\)(.*)");
    private static final Pattern BARE_CAST = Pattern.compile("([^()]+) as (\\w+)()");
    private static final Pattern PART = Pattern.compile("\\.(\\w+)(?:\\(([^()]*(?:\\(\\))?[^()]*)\\))?");
    private static final Pattern REFERS_TO = Pattern.compile("resolve\\(\\) is (\\w+)");
    private static final Pattern FIELD_IS = Pattern.compile("(\\w+)\\s*=\\s*'([^']*)'");

    /** A place found so far, with the steps that lead to it. */
    private record Trail(List<Step> steps, Place place) {
        Trail then(Place next) {
            List<Step> longer = new ArrayList<>(steps);
            longer.add(new Step(next.field(), null));
            return new Trail(longer, next);
        }

        /** The same place, but only where its last step fulfils the condition. */
        Trail where(Condition condition) {
            List<Step> same = new ArrayList<>(steps);
            Step last = same.remove(same.size() - 1);
            same.add(new Step(last.field(), condition));
            return new Trail(same, place);
        }

        Fields path() {
            return new Fields(steps, place.type());
        }
    }

    private final ElementModel model;

    PathCompiler(ElementModel model) {
        this.model = model;
    }

    /** The union of paths that the expression stands for; empty when a part of it is not understood. */
    List<ElementPath> compile(ResourceType type, String expression) {
        List<ElementPath> paths = new ArrayList<>();
        for (String part : expression.split("\\|", -1)) {
            List<? extends ElementPath> found = branch(type, part.strip());
            if (found.isEmpty()) {
                return List.of();
            }
            paths.addAll(found);
        }
        return List.copyOf(paths);
    }

    private List<? extends ElementPath> branch(ResourceType type, String text) {
        Matcher presence = PRESENCE.matcher(text);
        if (presence.matches()) {
            List<Fields> elements = fields(type, presence.group(1));
            return elements.isEmpty() ? List.of() : List.of(new Presence(elements));
        }
        for (Pattern cast : List.of(CAST, BARE_CAST)) {
            Matcher form = cast.matcher(text);
            if (form.matches()) {
                return fields(type, form.group(1) + ".as(" + form.group(2) + ")" + form.group(3));
            }
        }
        return fields(type, text);
    }

    private List<Fields> fields(ResourceType type, String text) {
        int dot = text.indexOf('.');
        boolean fromType = dot > 0 && Set.of(type.name(), "Resource").contains(text.substring(0, dot));
        String steps = fromType ? text.substring(dot) : "." + text;
        List<Trail> trails = List.of(new Trail(List.of(), model.root(type)));
        Matcher part = PART.matcher(steps);
        while (part.lookingAt()) {
            trails = advance(trails, part.group(1), part.group(2));
            part.region(part.end(), steps.length());
        }
        boolean understood = part.regionStart() == steps.length();
        return understood ? trails.stream().map(Trail::path).toList() : List.of();
    }

    private List<Trail> advance(List<Trail> trails, String name, @Nullable String argument) {
        if (argument == null) {
            return trails.stream()
                    .flatMap(t -> model.children(t.place(), name).stream().map(t::then))
                    .toList();
        }
        if (name.equals("as") || name.equals("ofType")) {
            return trails.stream()
                    .filter(t -> t.place().type().name().equals(argument))
                    .toList();
        }
        Optional<Condition> condition = name.equals("where") ? condition(argument) : Optional.empty();
        return condition.map(c -> trails.stream().map(t -> t.where(c)).toList()).orElse(List.of());
    }

    private static Optional<Condition> condition(String argument) {
        Matcher refersTo = REFERS_TO.matcher(argument);
        if (refersTo.matches()) {
            return Optional.of(new RefersTo(refersTo.group(1)));
        }
        Matcher fieldIs = FIELD_IS.matcher(argument);
        return fieldIs.matches() ? Optional.of(new FieldIs(fieldIs.group(1), fieldIs.group(2))) : Optional.empty();
    }
}
