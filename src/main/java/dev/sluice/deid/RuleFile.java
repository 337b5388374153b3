package dev.sluice.deid;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.fhir.ResourceType;
import dev.sluice.json.JsonText;
import dev.sluice.r4.ElementModel;
import dev.sluice.r4.FhirPath;
import dev.sluice.rulepath.Automaton;
import dev.sluice.rulepath.ElementWalk;
import dev.sluice.rulepath.IdDecisions;
import dev.sluice.rulepath.PathState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A checked rule file. Immutable. */
public final class RuleFile {
    private static final int MOST_RULES = 5_000;

    /** 200 rules for all 146 types take a second or two. */
    private static final int MOST_STARTS = 30_000;

    /** Each is tested on each element that it may select; many of them on a large resource take long. */
    private static final int MOST_CONDITIONS = 1_000;

    private final String text;
    private final List<Rule> rules;
    private final RuleParameters parameters;
    private final boolean skipsFaults;

    private RuleFile(ObjectNode file) {
        this.rules = rules(file);
        this.parameters = RuleParameters.of(file);
        this.skipsFaults = skipsFaults(file);
        this.text = withoutKeys(file);
    }

    /**
     * Reads and checks a rule file, in JSON or YAML.
     *
     * @throws InvalidRulesException if it cannot be used
     */
    public static RuleFile parse(byte[] file) {
        ObjectNode tree = RuleFileFormat.read(file);
        requireR4(tree);
        return new RuleFile(tree);
    }

    /** The rules as JSON, without keys; {@link #parse} reads it. */
    public String text() {
        return text;
    }

    public RuleParameters parameters() {
        return parameters;
    }

    /** How many rules there are; they have the numbers from 1. */
    public int size() {
        return rules.size();
    }

    /** The path of a rule, as it is in the file. */
    public String path(int rule) {
        return rules.get(rule - 1).path().text();
    }

    /** Its name in files and logs: its number, and its path if that has no value to which elements are compared. */
    public String title(int rule) {
        return rules.get(rule - 1).title();
    }

    public Method method(int rule) {
        return rules.get(rule - 1).method();
    }

    /** Whether a rule is evaluated by an engine for FHIRPath, which takes much longer. */
    public boolean needsFhirPath(int rule) {
        return rules.get(rule - 1).path().needsFhirPath();
    }

    /**
     * Checks that no rule selects what its method is not for, so that an export does not fail when it comes to such an
     * element. Of conditional paths and of thousands of rules, only the export can tell it.
     *
     * @throws InvalidRulesException if one does
     */
    public void requireApplicable() {
        Automaton automaton = new Automaton(rules.stream().map(Rule::path).toList());
        List<Rule> limited = rules.stream()
                .filter(rule -> forPrimitives(rule) && !rule.path().needsFhirPath())
                .toList();
        List<ResourceType> types = ResourceType.all().stream()
                .filter(type -> limited.stream().anyMatch(rule -> rule.path().appliesTo(type.name())))
                .toList();
        if ((long) types.size() * rules.size() > MOST_STARTS) {
            return;
        }
        for (ResourceType type : types) {
            ElementWalk.of(automaton, type, new ElementWalk.Visitor() {
                @Override
                public void element(String path, String element, ElementModel model, int rank) {
                    boolean known = rank != PathState.NONE && !path.contains(".extension"); // of a primitive value
                    Rule rule = known ? rules.get(automaton.path(rank)) : null;
                    if (rule != null && forPrimitives(rule) && model.kind() == ElementModel.Kind.COMPLEX) {
                        throw InvalidRulesException.of(
                                rule.number(),
                                rule.path().text(),
                                "it is for primitive values only, but " + path + " is a " + model.name()
                                        + ". Name its elements.");
                    }
                }

                @Override
                public void decides(int rank) {
                    // each element is asked for
                }
            });
        }
    }

    private static boolean forPrimitives(Rule rule) {
        return rule.method() == Method.GENERALIZE
                || (rule.settings() instanceof Rule.Replacement replacement
                        && replacement.value() != null
                        && !replacement.value().isContainer());
    }

    /**
     * Checks that the id of a resource alone decides which id it gets. Of a deleted resource, nothing else is known.
     *
     * @param types of the resources
     * @throws InvalidRulesException if a rule looks at more
     */
    public void requireStableIds(Collection<ResourceType> types) {
        IdDecisions decisions = new IdDecisions(rules.stream().map(Rule::path).toList());
        for (ResourceType type : types) {
            int certain = decisions.certain(type);
            int possible = decisions.possible(type);
            if (possible != certain) {
                throw unstable(possible, type, "depends on its content. Put a rule without a condition before it.");
            }
            if (certain != IdDecisions.NONE
                    && rules.get(certain).method() == Method.ENCRYPT
                    && !parameters.deterministicEncryption()) {
                throw unstable(certain, type, "is another one each time. Set deterministicEncryption.");
            }
        }
    }

    List<Rule> rules() {
        return rules;
    }

    /** Whether a resource that cannot be de-identified is emptied, {@code processingErrors: skip}. */
    public boolean skipsFaults() {
        return skipsFaults;
    }

    private InvalidRulesException unstable(int index, ResourceType type, String reason) {
        return InvalidRulesException.of(
                index + 1,
                path(index + 1),
                "_since and organizeOutputBy name resources of which only the id is known, but by this rule the id that a "
                        + type + " gets " + reason);
    }

    private static void requireR4(ObjectNode file) {
        JsonNode version = file.path("fhirVersion");
        String text = version.isNull() ? "" : version.asString("");
        if (!text.isEmpty() && !text.equalsIgnoreCase("R4")) {
            throw new InvalidRulesException(
                    "Configuration of fhirVersion " + text + " is not supported. Expected fhirVersion: R4");
        }
    }

    private static boolean skipsFaults(ObjectNode file) {
        JsonNode given = file.path("processingErrors");
        String text = given.isMissingNode() || given.isNull() ? "raise" : String.valueOf(JsonText.of(given));
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "raise" -> false;
            case "skip" -> true;
            default -> throw RuleFileFormat.failed("processingErrors must be raise or skip");
        };
    }

    private static List<Rule> rules(ObjectNode file) {
        JsonNode given = file.path(RuleFileFormat.RULES);
        if (given.isMissingNode() || given.isNull()) {
            throw new InvalidRulesException("The configuration is invalid, please specify any fhirPathRules");
        }
        if (!given.isArray() || given.size() > MOST_RULES) {
            throw RuleFileFormat.failed(RuleFileFormat.RULES + " must be a list of at most " + MOST_RULES + " rules");
        }
        List<Rule> rules = new ArrayList<>();
        Map<String, Rule> byPath = new HashMap<>();
        for (JsonNode rule : given) {
            Rule next = new RuleParser(rules.size() + 1, rule, FhirPath::check).parse();
            requireAgreement(next, byPath.putIfAbsent(next.path().text(), next));
            rules.add(next);
        }
        requireFewConditions(rules);
        return List.copyOf(rules);
    }

    private static void requireFewConditions(List<Rule> rules) {
        long conditions = rules.stream()
                .map(Rule::path)
                .filter(path -> path.needsFhirPath() || path.hasConditions())
                .count();
        if (conditions > MOST_CONDITIONS) {
            throw RuleFileFormat.failed(
                    "at most " + MOST_CONDITIONS + " rules may have a condition or need FHIRPath, not " + conditions);
        }
    }

    /** The first rule that selects an element decides, so a second one with the same path would never have an effect. */
    private static void requireAgreement(Rule rule, @Nullable Rule earlier) {
        if (earlier != null
                && !(earlier.method() == rule.method() && earlier.settings().equals(rule.settings()))) {
            throw InvalidRulesException.of(
                    rule.number(),
                    rule.path().text(),
                    "it contradicts rule " + earlier.number()
                            + ", which has the same path, does something else, and always comes first. Remove one.");
        }
    }

    /** It is read again for each unit, within the same limits. */
    private static String withoutKeys(ObjectNode file) {
        ObjectNode copy = file.deepCopy();
        if (copy.get(RuleFileFormat.PARAMETERS) instanceof ObjectNode parameters) {
            parameters.remove(GivenKeys.NAMES);
        }
        String text = copy.toString();
        if (text.getBytes(UTF_8).length > RuleFileFormat.MAX_BYTES) {
            throw RuleFileFormat.failed("as JSON, it is larger than 1 MB");
        }
        return text;
    }
}
