package dev.sluice.rulepath;

import dev.sluice.rulepath.RulePath.AnyChild;
import dev.sluice.rulepath.RulePath.Child;
import dev.sluice.rulepath.RulePath.Descendants;
import dev.sluice.rulepath.RulePath.NodesByName;
import dev.sluice.rulepath.RulePath.NodesByType;
import dev.sluice.rulepath.RulePath.OfType;
import dev.sluice.rulepath.RulePath.Step;
import dev.sluice.rulepath.RulePath.WhereExists;
import dev.sluice.rulepath.RulePath.WhereText;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Compiles the paths that rule files mostly have: names, {@code nodesByType}, {@code nodesByName}, types of choices, and
 * simple conditions. What is beyond that remains FHIRPath. For use by one thread, for one path.
 */
public final class PathParser {
    /** A path begins with the type of its resources, or applies to each of them. */
    private static final Pattern TYPE = Pattern.compile("([A-Z][A-Za-z]*)(?:\\.(.*))?", Pattern.DOTALL);

    private static final Set<String> EVERY_RESOURCE = Set.of("Resource", "DomainResource");

    private static final String NAME = "[A-Za-z_][A-Za-z0-9_]*";
    private static final Pattern STEP = Pattern.compile("\\s*(?:(" + NAME + ")|`(" + NAME + ")`)\\s*");

    /** No backslash, since it would begin an escape. */
    private static final Pattern TEXT = Pattern.compile("\\s*(?:'([^'\\\\]*)'|\"([^\"\\\\]*)\")\\s*");

    private static final Pattern TYPE_NAME = Pattern.compile("\\s*(?:FHIR\\.)?(" + NAME + ")\\s*");
    private static final Pattern CAST = Pattern.compile("\\s*as\\s+(?:FHIR\\.)?(" + NAME + ")\\s*");
    private static final Pattern WHERE_TEXT =
            Pattern.compile("\\s*(" + NAME + "(?:\\." + NAME + ")*)\\s*=\\s*'([^'\\\\]*)'\\s*");
    private static final Pattern WHERE_EXISTS =
            Pattern.compile("\\s*(" + NAME + "(?:\\." + NAME + ")*)\\.exists\\(\\s*\\)\\s*");

    private final String text;
    private final List<Step> steps = new ArrayList<>();
    private int at;

    private PathParser(String text) {
        this.text = text;
    }

    public static RulePath parse(String path) {
        Matcher typed = TYPE.matcher(path);
        if (!typed.matches()) {
            return untyped(path);
        }
        String type = EVERY_RESOURCE.contains(typed.group(1)) ? null : typed.group(1);
        String rest = typed.group(2);
        return rest == null
                ? new RulePath(path, type, path, List.of())
                : new RulePath(path, type, rest, new PathParser(rest).steps());
    }

    /** In brackets, a path may begin with a type, too. */
    private static RulePath untyped(String path) {
        List<Step> steps = new PathParser(path).steps();
        if (steps == null || !beginsWithType(steps)) {
            return new RulePath(path, null, path, steps);
        }
        String type = ((Child) steps.get(0)).name();
        return new RulePath(
                path, EVERY_RESOURCE.contains(type) ? null : type, path, List.copyOf(steps.subList(1, steps.size())));
    }

    private static boolean beginsWithType(List<Step> steps) {
        return !steps.isEmpty()
                && steps.get(0) instanceof Child first
                && Character.isUpperCase(first.name().charAt(0));
    }

    /** The whole text; null if any part of it is not understood. */
    private @Nullable List<Step> steps() {
        boolean understood = path() && at == text.length();
        return understood ? List.copyOf(steps) : null;
    }

    private boolean path() {
        if (at < text.length() && text.charAt(at) == '(') {
            at++;
            if (!path() || !take(')')) {
                return false;
            }
        } else if (!step()) {
            return false;
        }
        while (take('.')) {
            if (!step()) {
                return false;
            }
        }
        Matcher cast = CAST.matcher(text).region(at, text.length());
        if (cast.lookingAt()) {
            steps.add(new OfType(cast.group(1)));
            at = cast.end();
        }
        return true;
    }

    private boolean step() {
        Matcher name = STEP.matcher(text).region(at, text.length());
        if (!name.lookingAt()) {
            return false;
        }
        at = name.end();
        if (name.group(2) != null) {
            return steps.add(new Child(name.group(2)));
        }
        return take('(')
                ? called(name.group(1))
                : name.group(1).charAt(0) != '_' && steps.add(new Child(name.group(1)));
    }

    private boolean called(String function) {
        return switch (function) {
            case "children" -> steps.add(new AnyChild()) && take(')');
            case "descendants" -> steps.add(new Descendants()) && take(')');
            case "nodesByType" -> nodes(argument(TEXT), true);
            case "nodesByName" -> nodes(argument(TEXT), false);
            case "as", "ofType" -> ofType(argument(TYPE_NAME));
            case "extension" -> extension(argument(TEXT));
            case "where" -> where();
            default -> false;
        };
    }

    private boolean nodes(@Nullable String argument, boolean byType) {
        boolean first = steps.isEmpty();
        return argument != null
                && steps.add(byType ? new NodesByType(argument, first) : new NodesByName(argument, first));
    }

    private boolean ofType(@Nullable String type) {
        return type != null && steps.add(new OfType(type));
    }

    private boolean extension(@Nullable String url) {
        return url != null && steps.add(new Child("extension")) && steps.add(new WhereText(List.of("url"), url));
    }

    private boolean where() {
        Matcher equal = WHERE_TEXT.matcher(text).region(at, text.length());
        Matcher exists = WHERE_EXISTS.matcher(text).region(at, text.length());
        if (equal.lookingAt()) {
            at = equal.end();
            steps.add(new WhereText(List.of(equal.group(1).split("\\.")), equal.group(2)));
        } else if (exists.lookingAt()) {
            at = exists.end();
            steps.add(new WhereExists(List.of(exists.group(1).split("\\."))));
        }
        return take(')');
    }

    /** What stands before the bracket; null if it is something else. */
    private @Nullable String argument(Pattern pattern) {
        Matcher found = pattern.matcher(text).region(at, text.length());
        if (!found.lookingAt()) {
            return null;
        }
        at = found.end();
        String argument = found.group(1) != null ? found.group(1) : found.group(2);
        return take(')') ? argument : null;
    }

    private boolean take(char wanted) {
        boolean found = at < text.length() && text.charAt(at) == wanted;
        if (found) {
            at++;
        }
        return found;
    }
}
