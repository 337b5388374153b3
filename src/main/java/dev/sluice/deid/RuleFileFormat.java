package dev.sluice.deid;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.fhir.FhirJson;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;
import org.yaml.snakeyaml.resolver.Resolver;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads the text of a rule file, JSON or YAML, to a tree.
 *
 * <p>A fault is told by its position only: the text beside it may be a key.
 */
final class RuleFileFormat {
    /** The largest file, as in Microsoft's server. */
    static final int MAX_BYTES = 1 << 20;

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
            return object;
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
            Object tree = new Yaml(
                            new SafeConstructor(options), new Representer(unused), unused, options, new JsonTypes())
                    .load(text);
            return FhirJson.MAPPER.valueToTree(tree);
        } catch (MarkedYAMLException e) {
            var at = e.getProblemMark();
            String place = at == null ? "" : " at line " + (at.getLine() + 1) + ", column " + (at.getColumn() + 1);
            boolean twice = String.valueOf(e.getProblem()).contains("duplicate");
            throw failed((twice ? "a key occurs twice" : "it is not valid YAML") + place);
        } catch (YAMLException | JacksonException | IllegalArgumentException e) {
            throw failed("it is not YAML that JSON could express");
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
