package dev.sluice.view;

import dev.sluice.fhir.ResourceType;
import dev.sluice.view.Selection.Over;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads the JSON of a ViewDefinition and parses its expressions. For one view. */
final class ViewParser {
    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_]{0,254}");
    private static final int DEEPEST = 20;

    /** Parts beside each other are loops in each other. */
    private static final int MOST_PARTS = 1_000;

    /** Characters of all paths. Each step of a path takes memory in each thread. */
    private static final int MOST_TEXT = 1 << 18;

    private static final List<Over> ITERATIONS = List.of(Over.EACH, Over.EACH_OR_NULL, Over.REPEAT);

    private final FaultList faults;
    private final ViewProperties properties;
    private final Map<String, Object> constants = new HashMap<>();
    private int parts;
    private int length;

    ViewParser(FaultList faults) {
        this.faults = faults;
        this.properties = new ViewProperties(faults);
    }

    ViewDefinition.ParsedView parse(ObjectNode json) {
        String kind = text(json, "", "resourceType");
        if (kind != null && !kind.equals("ViewDefinition")) {
            faults.add("resourceType", "is '" + kind + "', not ViewDefinition");
        }
        String name = text(json, "", "name");
        if (name != null && !NAME.matcher(name).matches()) {
            faults.add("name", "'" + name + "' is not a letter with letters, digits and '_' after it");
        }
        String type = required(json, "", "resource");
        Optional<ResourceType> resource = type == null ? Optional.empty() : ResourceType.find(type);
        if (type != null && resource.isEmpty()) {
            faults.add("resource", ResourceType.unknown(type));
        }
        properties.requireOfView(json);
        each(json, "", "constant", this::constant);
        List<Selection> selects = selections(json, "", "select", 0);
        if (selects.isEmpty()) {
            faults.add("select", "is missing");
        }
        List<PathExpression> where = new ArrayList<>();
        each(json, "", "where", (element, item) -> {
            properties.requireOfCondition(element, item);
            PathExpression path = path(item, element, "path");
            if (path != null) {
                where.add(path);
            }
        });
        return new ViewDefinition.ParsedView(name, resource.orElse(ResourceType.PATIENT), selects, where);
    }

    private interface ItemReader {
        void read(String element, ObjectNode item);
    }

    /** Reads the objects of an array. */
    private void each(ObjectNode parent, String element, String property, ItemReader reader) {
        JsonNode list = parent.get(property);
        if (list == null || list.isNull()) {
            return;
        }
        if (!list.isArray()) {
            faults.add(element + property, "is no array");
            return;
        }
        for (int i = 0; i < list.size(); i++) {
            String place = element + property + "[" + i + "]";
            if (list.get(i) instanceof ObjectNode item) {
                reader.read(place + ".", item);
            } else {
                faults.add(place, "is no object");
            }
        }
    }

    private void constant(String element, ObjectNode json) {
        String name = required(json, element, "name");
        List<String> values = json.propertyStream()
                .map(Map.Entry::getKey)
                .filter(key -> key.startsWith("value") && key.length() > "value".length())
                .toList();
        properties.requireOfConstant(element, json);
        if (values.size() != 1) {
            faults.add(element + "value[x]", values.isEmpty() ? "is missing" : "is there " + values.size() + " times");
            return;
        }
        JsonNode value = json.get(values.get(0));
        Object constant = value == null ? null : ConstantValue.of(values.get(0), value);
        if (constant == null) {
            faults.add(element + values.get(0), "is no value of its type");
        } else if (name != null && !NAME.matcher(name).matches()) {
            faults.add(element + "name", "'" + name + "' is not a letter with letters, digits and '_' after it");
        } else if (name != null && constants.put(name, constant) != null) {
            faults.add(element + "name", "'" + name + "' is given twice");
        }
    }

    private List<Selection> selections(ObjectNode parent, String element, String property, int depth) {
        List<Selection> selections = new ArrayList<>();
        if (depth > DEEPEST) {
            faults.add(element + property, "is nested more than " + DEEPEST + " times");
            return selections;
        }
        each(parent, element, property, (place, item) -> selections.add(selection(item, place, depth + 1)));
        return selections;
    }

    private Selection selection(ObjectNode json, String element, int depth) {
        if (++parts > MOST_PARTS) {
            throw new InvalidViewException(
                    List.of(new ViewFault(element, "is a part too many: a view has at most " + MOST_PARTS + " parts")));
        }
        properties.requireOfSelect(element, json);
        List<Over> over = ITERATIONS.stream()
                .filter(kind -> json.hasNonNull(kind.property()))
                .toList();
        if (over.size() > 1) {
            faults.add(
                    element + over.get(1).property(),
                    "cannot be combined with " + over.get(0).property());
        }
        Over kind = over.isEmpty() ? Over.ITSELF : over.get(0);
        List<Selection.Column> columns = new ArrayList<>();
        each(json, element, "column", (place, item) -> column(item, place).ifPresent(columns::add));
        List<Selection> selects = selections(json, element, "select", depth);
        List<Selection> unionAll = selections(json, element, "unionAll", depth);
        if (columns.isEmpty() && selects.isEmpty() && unionAll.isEmpty() && !json.hasNonNull("column")) {
            faults.add(element.substring(0, element.length() - 1), "has no column, select or unionAll");
        }
        return new Selection(element, kind, paths(json, element, kind), columns, selects, unionAll);
    }

    private List<PathExpression> paths(ObjectNode json, String element, Over kind) {
        if (kind == Over.ITSELF) {
            return List.of();
        }
        if (kind != Over.REPEAT) {
            PathExpression path = path(json, element, kind.property());
            return path == null ? List.of() : List.of(path);
        }
        List<PathExpression> paths = new ArrayList<>();
        JsonNode list = json.get(kind.property());
        if (list == null || !list.isArray() || list.isEmpty()) {
            faults.add(element + kind.property(), "is no array of paths");
            return List.of();
        }
        for (int i = 0; i < list.size(); i++) {
            PathExpression path = path(list.get(i), element + kind.property() + "[" + i + "]");
            if (path != null) {
                paths.add(path);
            }
        }
        return List.copyOf(paths);
    }

    private Optional<Selection.Column> column(ObjectNode json, String element) {
        String name = required(json, element, "name");
        if (name != null && !NAME.matcher(name).matches()) {
            faults.add(element + "name", "'" + name + "' is not a letter with letters, digits and '_' after it");
        }
        properties.requireOfColumn(element, json);
        PathExpression path = path(json, element, "path");
        String type = text(json, element, "type");
        JsonNode collection = json.get("collection");
        if (collection != null && !collection.isBoolean()) {
            faults.add(element + "collection", "is neither true nor false");
        }
        Map<String, String> tags = new LinkedHashMap<>();
        each(json, element, "tag", (place, tag) -> {
            properties.requireOfTag(place, tag);
            String key = required(tag, place, "name");
            String value = required(tag, place, "value");
            if (key != null && value != null) {
                tags.put(key, value);
            }
        });
        return name == null || path == null
                ? Optional.empty()
                : Optional.of(new Selection.Column(
                        element,
                        name,
                        path,
                        type == null ? null : ViewColumnType.name(type),
                        collection != null && collection.asBoolean(false),
                        tags));
    }

    private @Nullable PathExpression path(ObjectNode json, String element, String property) {
        JsonNode text = json.get(property);
        if (text == null) {
            faults.add(element + property, "is missing");
            return null;
        }
        return path(text, element + property);
    }

    private @Nullable PathExpression path(@Nullable JsonNode text, String element) {
        if (text == null || !text.isString()) {
            faults.add(element, "is no text");
            return null;
        }
        String path = text.stringValue();
        length += path.length();
        if (length > MOST_TEXT) {
            throw new InvalidViewException(List.of(
                    new ViewFault(element, "makes the paths of the view longer than " + MOST_TEXT + " characters")));
        }
        try {
            return ExpressionParser.parse(path, constants);
        } catch (PathFaultException e) {
            faults.add(element, String.valueOf(e.getMessage()));
            return null;
        }
    }

    private @Nullable String text(ObjectNode json, String element, String property) {
        JsonNode value = json.get(property);
        if (value == null || value.isNull()) {
            return null;
        }
        if (!value.isString()) {
            faults.add(element + property, "is no text");
            return null;
        }
        return value.stringValue();
    }

    private @Nullable String required(ObjectNode json, String element, String property) {
        if (!json.hasNonNull(property)) {
            faults.add(element + property, "is missing");
        }
        return text(json, element, property);
    }
}
