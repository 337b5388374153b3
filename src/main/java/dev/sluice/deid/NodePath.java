package dev.sluice.deid;

import dev.sluice.json.JsonTape;

/** Where a node is in its resource, such as {@code component[2].valueQuantity.value}. */
final class NodePath {
    private NodePath() {}

    static String of(JsonTape tape, int node) {
        StringBuilder path = new StringBuilder();
        int at = 0;
        while (at != node) {
            at = tape.kind(at) == JsonTape.OBJECT ? field(tape, at, node, path) : element(tape, at, node, path);
        }
        return path.toString();
    }

    private static int field(JsonTape tape, int object, int node, StringBuilder path) {
        int field = object + 1;
        while (tape.next(field + 1) <= node) {
            field = tape.next(field + 1);
        }
        path.append(path.isEmpty() ? "" : ".").append(tape.text(field));
        return field + 1;
    }

    private static int element(JsonTape tape, int array, int node, StringBuilder path) {
        int index = 0;
        int element = array + 1;
        while (tape.next(element) <= node) {
            element = tape.next(element);
            index++;
        }
        path.append('[').append(index).append(']');
        return element;
    }
}
