package dev.sluice.ingest;

import java.util.Iterator;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Compares JSON by what it means: numbers by their value, objects in any order. */
final class JsonEquality {
    private JsonEquality() {}

    static boolean equal(JsonNode one, JsonNode other) {
        if (one.isNumber() && other.isNumber()) {
            return one.decimalValue().compareTo(other.decimalValue()) == 0;
        }
        if (one.size() != other.size() || one.getNodeType() != other.getNodeType()) {
            return false;
        }
        if (one.isObject()) {
            for (Map.Entry<String, JsonNode> member : one.properties()) {
                JsonNode there = other.get(member.getKey());
                if (there == null || !equal(member.getValue(), there)) {
                    return false;
                }
            }
            return true;
        }
        if (one.isArray()) {
            Iterator<JsonNode> others = other.iterator();
            for (JsonNode element : one) {
                if (!equal(element, others.next())) {
                    return false;
                }
            }
            return true;
        }
        return one.equals(other);
    }
}
