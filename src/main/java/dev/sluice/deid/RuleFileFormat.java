package dev.sluice.deid;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.fhir.FhirJson;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.NodeEvent;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;
import org.yaml.snakeyaml.resolver.Resolver;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads the text of a rule file, JSON or YAML, to a tree of the names that are known. Other tools have more of them, for
 * their own use: these have no effect here, may be secrets, and are not stored with a job.
 *
 * <p>A fault is told by its position only: the text beside it may be a key.
 */
final class RuleFileFormat {
    /** The largest file, as in Microsoft's server. */
    static final int MAX_BYTES = 1 << 20;

    static final String PARAMETERS = "parameters";
    static final String RULES = "fhirPathRules";

    private static final Set<String> OF_FILE = names(Stream.of("fhirVersion", "processingErrors", RULES, PARAMETERS));
    private static final Set<String> OF_RULE = names(Stream.of(
            "path",
            "method",
            "replaceWith",
            "span",
            "roundTo",
            "rangeType",
            "cases",
            "otherValues",
            "truncateToMaxLength",
            "domain"));
    private static final Set<String> OF_PARAMETERS = names(Stream.concat(
            GivenKeys.NAMES.stream(),
            Stream.of(
                    "keyRef",
                    "keyDerivationContext",
                    "dateShiftScope",
                    "dateShiftFixedOffsetInDays",
                    "preserve",
                    "enablePartialDatesForRedact",
                    "enablePartialAgesForRedact",
                    "enablePartialZipCodesForRedact",
                    "restrictedZipCodeTabulationAreas",
                    "deterministicEncryption",
                    "relativeReferences",
                    "strictValues")));

    private static final String FAILED = "Failed to parse configuration file";
    private static final int MAX_DEPTH = 50;

    private RuleFileFormat() {}

    static ObjectNode read(byte[] file) {
        if (file.length > MAX_BYTES) {
            throw new InvalidRulesException("Anonymization configuration is too large > 1MB.");
        }
        String text = text(file);
        JsonNode tree = text.stripLeading().startsWith("{") ? json(text) : yaml(text);
        if (tree instanceof ObjectNode object) {
            requireShallow(object, 0);
            return known(object);
        }
        throw failed("it must be one JSON object, or YAML with the same keys");
    }

    static InvalidRulesException failed(String reason) {
        return new InvalidRulesException(FAILED + ": " + reason + ".");
    }

    private static String text(byte[] file) {
        try {
            String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(file)).toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw failed("it is not UTF-8");
        }
    }

    private static JsonNode json(String text) {
        try {
            return FhirJson.MAPPER.readTree(text);
        } catch (JacksonException e) {
            var at = e.getLocation();
            String place = at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
            boolean twice = String.valueOf(e.getOriginalMessage()).startsWith("Duplicate");
            throw failed((twice ? "a property occurs twice" : "it is not valid JSON") + place);
        }
    }

    private static JsonNode yaml(String text) {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        options.setAllowRecursiveKeys(false);
        options.setMaxAliasesForCollections(0);
        options.setNestingDepthLimit(MAX_DEPTH);
        options.setCodePointLimit(MAX_BYTES);
        DumperOptions unused = new DumperOptions();
        try {
            Yaml yaml =
                    new Yaml(new SafeConstructor(options), new Representer(unused), unused, options, new JsonTypes());
            Object tree = yaml.load(text);
            requireNoAliases(yaml.parse(new StringReader(text)));
            // what is stored is JSON, and has to be within the limits of that, too
            return FhirJson.MAPPER.readTree(FhirJson.MAPPER.writeValueAsString(tree));
        } catch (MarkedYAMLException e) {
            var at = e.getProblemMark();
            String place = at == null ? "" : " at line " + (at.getLine() + 1) + ", column " + (at.getColumn() + 1);
            boolean twice = String.valueOf(e.getProblem()).contains("duplicate");
            throw failed((twice ? "a key occurs twice" : "it is not valid YAML") + place);
        } catch (YAMLException | JacksonException | IllegalArgumentException e) {
            throw failed("it is not YAML that JSON could express");
        }
    }

    /** A short file could name a long text a thousand times. */
    private static void requireNoAliases(Iterable<Event> events) {
        for (Event event : events) {
            if (event instanceof NodeEvent node && node.getAnchor() != null) {
                throw failed("anchors and aliases of YAML are not supported, as at line "
                        + (event.getStartMark().getLine() + 1));
            }
        }
    }

    private static void requireShallow(JsonNode node, int depth) {
        if (depth > MAX_DEPTH) {
            throw failed("it is nested deeper than " + MAX_DEPTH + " levels");
        }
        for (JsonNode child : node) {
            requireShallow(child, depth + 1);
        }
    }

    /**
     * The members of a file whose names are known. The given one is not changed.
     *
     * @throws InvalidRulesException if a name differs from a known one in its case only
     */
    private static ObjectNode known(ObjectNode file) {
        ObjectNode known = known(file, OF_FILE, "");
        if (known.get(PARAMETERS) instanceof ObjectNode parameters) {
            known.set(PARAMETERS, known(parameters, OF_PARAMETERS, PARAMETERS + "."));
        }
        if (known.get(RULES) instanceof ArrayNode rules) {
            ArrayNode copy = known.putArray(RULES);
            for (JsonNode rule : rules) {
                String place = "rule " + (copy.size() + 1) + ", ";
                copy.add(rule instanceof ObjectNode object ? known(object, OF_RULE, place) : rule);
            }
        }
        return known;
    }

    private static ObjectNode known(ObjectNode given, Set<String> names, String place) {
        ObjectNode known = FhirJson.MAPPER.createObjectNode();
        given.properties().forEach(member -> {
            String name = name(member.getKey(), names);
            if (name != null && !name.equals(member.getKey())) {
                throw failed(place + member.getKey() + " must be written as " + name);
            }
            if (name != null) {
                known.set(name, member.getValue());
            }
        });
        return known;
    }

    /** The known name that differs at most in its case. */
    private static @Nullable String name(String given, Set<String> names) {
        return names.stream().filter(given::equalsIgnoreCase).findFirst().orElse(null);
    }

    private static Set<String> names(Stream<String> names) {
        return names.collect(Collectors.toUnmodifiableSet());
    }

    /** What JSON has as types: YAML 1.1 would read the postal code 036 as the number 30, and a date as a timestamp. */
    private static final class JsonTypes extends Resolver {
        private static final String DIGITS = "-0123456789";

        @Override
        protected void addImplicitResolvers() {
            addImplicitResolver(Tag.BOOL, Pattern.compile("true|false"), "tf");
            addImplicitResolver(Tag.INT, Pattern.compile("-?(0|[1-9][0-9]*)"), DIGITS);
            addImplicitResolver(
                    Tag.FLOAT, Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+|[eE][-+]?[0-9]+){1,2}"), DIGITS);
            addImplicitResolver(Tag.MERGE, Pattern.compile("<<"), "<");
            addImplicitResolver(Tag.NULL, Pattern.compile("~|null"), "~n");
            addImplicitResolver(Tag.NULL, Pattern.compile(""), null);
        }
    }
}
