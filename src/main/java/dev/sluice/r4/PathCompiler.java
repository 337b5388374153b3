package dev.sluice.r4;

import dev.sluice.fhir.ResourceType;
import dev.sluice.r4.ElementPath.Condition;
import dev.sluice.r4.ElementPath.FieldIs;
import dev.sluice.r4.ElementPath.Fields;
import dev.sluice.r4.ElementPath.Presence;
import dev.sluice.r4.ElementPath.RefersTo;
import dev.sluice.r4.ElementPath.Step;
import dev.sluice.r4.R4Structure.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Compiles the expression of a search parameter, which is a small part of FHIRPath, to paths over JSON.
 *
 * <p>It supports what the expressions of R4 use: field names, unions, {@code as}, {@code as(T)}, {@code ofType(T)},
 * {@code [0]} after the first field, {@code where(f='v')}, {@code where(resolve() is T)} and {@code X.exists() and X !=
 * false}. An expression with anything else, or that can find nothing in the type, compiles to nothing at all: its
 * parameter is then refused, never silently unmatched.
 */
final class PathCompiler {
    private static final Pattern PRESENCE = Pattern.compile("([\\w.]+)\\.exists\\(\\) and \\1 != false");
    private static final Pattern CAST = Pattern.compile("\\(([^()]+) as (\\w+)\\)(.*)");
    private static final Pattern BARE_CAST = Pattern.compile("([^()]+) as (\\w+)()");
    private static final Pattern PART = Pattern.compile("\\.(\\w+)(\\[0])?(?:\\(([^()]*(?:\\(\\))?[^()]*)\\))?");
    private static final Pattern REFERS_TO = Pattern.compile("resolve\\(\\) is (\\w+)");
    private static final Pattern FIELD_IS = Pattern.compile("(\\w+)\\s*=\\s*'([^']*)'");

    /** A place found so far, with the steps that lead to it. */
    record Trail(List<Step> steps, Place place) {
        Trail then(Place next, boolean onlyFirst) {
            List<Step> longer = new ArrayList<>(steps);
            longer.add(new Step(next.field(), onlyFirst, null));
            return new Trail(longer, next);
        }

        /** The same place, but only where its last step fulfils the condition. */
        Trail where(Condition condition) {
            return new Trail(path().where(condition).steps(), place);
        }

        Fields path() {
            return new Fields(steps, place.type());
        }

        /** Where an expression about an element of this place starts. */
        Trail restarted() {
            return new Trail(List.of(), place);
        }
    }

    private final R4Structure model;

    PathCompiler(R4Structure model) {
        this.model = model;
    }

    /** The union of paths that the expression stands for; empty when a part of it is not understood. */
    List<ElementPath> compile(ResourceType type, String expression) {
        return compile(root(type), expression);
    }

    /** The same for an expression about the elements of a place. */
    List<ElementPath> compile(Trail start, String expression) {
        List<ElementPath> paths = new ArrayList<>();
        for (String part : expression.split("\\|", -1)) {
            List<? extends ElementPath> found = branch(start, part.strip());
            if (found.isEmpty()) {
                return List.of();
            }
            paths.addAll(found);
        }
        return List.copyOf(paths);
    }

    /** Where the elements of a composite parameter are. */
    List<Trail> trails(ResourceType type, String expression) {
        List<Trail> trails = new ArrayList<>();
        for (String part : expression.split("\\|", -1)) {
            trails.addAll(trails(root(type), part.strip()));
        }
        return trails;
    }

    Trail root(ResourceType type) {
        return new Trail(List.of(), model.root(type));
    }

    private List<? extends ElementPath> branch(Trail start, String text) {
        Matcher presence = PRESENCE.matcher(text);
        if (presence.matches()) {
            List<Fields> elements = fields(start, presence.group(1));
            return elements.isEmpty() ? List.of() : List.of(new Presence(elements));
        }
        for (Pattern cast : List.of(CAST, BARE_CAST)) {
            Matcher form = cast.matcher(text);
            if (form.matches()) {
                return fields(start, form.group(1) + ".as(" + form.group(2) + ")" + form.group(3));
            }
        }
        return fields(start, text);
    }

    private List<Fields> fields(Trail start, String text) {
        return trails(start, text).stream().map(Trail::path).toList();
    }

    private List<Trail> trails(Trail start, String text) {
        String type = start.place().type().name();
        if (text.equals(type)) {
            return List.of(start);
        }
        int dot = text.indexOf('.');
        boolean fromType = dot > 0 && Set.of(type, "Resource").contains(text.substring(0, dot));
        String steps = fromType ? text.substring(dot) : "." + text;
        List<Trail> trails = List.of(start);
        Matcher part = PART.matcher(steps);
        while (part.lookingAt()) {
            trails = advance(trails, part);
            part.region(part.end(), steps.length());
        }
        return part.regionStart() == steps.length() ? trails : List.of();
    }

    private List<Trail> advance(List<Trail> trails, Matcher part) {
        String name = part.group(1);
        boolean onlyFirst = part.group(2) != null;
        String argument = part.group(3);
        if (argument == null) {
            // An index counts all elements found so far: only below the start are they one array.
            return trails.stream()
                    .filter(t -> !onlyFirst || t.steps().isEmpty())
                    .flatMap(t -> model.children(t.place(), name).stream().map(next -> t.then(next, onlyFirst)))
                    .toList();
        }
        return onlyFirst ? List.of() : called(trails, name, argument);
    }

    private static List<Trail> called(List<Trail> trails, String function, String argument) {
        if (function.equals("as") || function.equals("ofType")) {
            return trails.stream()
                    .filter(t -> t.place().type().name().equals(argument))
                    .toList();
        }
        Condition condition = function.equals("where") ? condition(argument).orElse(null) : null;
        return condition == null
                ? List.of()
                : trails.stream()
                        .filter(t -> !t.steps().isEmpty())
                        .map(t -> t.where(condition))
                        .toList();
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
