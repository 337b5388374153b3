package dev.sluice.view;

import dev.sluice.fhir.FhirJson;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Compares values and collections as FHIRPath does. */
final class Comparisons {
    /** Bytes of an element that is not primitive: it is compared as a tree, which takes ten times as many. */
    private static final int LARGEST = 1 << 20;

    /** Steps of a comparison: numbers and times are read for each. */
    private static final int COMPARISON = 4;

    /** Steps to read such an element, beside one for each byte. */
    private static final int TREE = 40;

    private Comparisons() {}

    /** Whether two collections have equal items in the same order; null if one is empty or it cannot be told. */
    static @Nullable Boolean equal(Focus focus, Items left, Items right) {
        if (left.isEmpty() || right.isEmpty()) {
            return null;
        }
        if (left.size() != right.size()) {
            return false;
        }
        Boolean all = true;
        for (int i = 0; i < left.size(); i++) {
            Boolean same = equal(focus, left, i, right, i);
            if (Boolean.FALSE.equals(same)) {
                return false;
            }
            all = same == null ? null : all;
        }
        return all;
    }

    private static @Nullable Boolean equal(Focus focus, Items left, int i, Items right, int j) {
        Object a = SystemValues.of(focus, left, i);
        Object b = SystemValues.of(focus, right, j);
        spend(focus, a, b);
        if (a == null && b == null) {
            return json(focus, left, i).equals(json(focus, right, j));
        }
        if (a == null || b == null) {
            return false;
        }
        if (a instanceof TemporalValue first && b instanceof TemporalValue second) {
            Integer order = first.compare(second);
            return order == null ? null : order == 0;
        }
        BigDecimal x = SystemValues.number(a);
        BigDecimal y = SystemValues.number(b);
        return (x != null && y != null) ? x.compareTo(y) == 0 : comparable(a, b).equals(comparable(b, a));
    }

    /** A text that is compared with a date or time is one itself if it is written so. */
    private static Object comparable(Object value, Object other) {
        if (!(value instanceof String text) || !(other instanceof TemporalValue time)) {
            return value;
        }
        TemporalValue parsed = time.kind() == TemporalValue.Kind.TIME
                ? TemporalValue.time(text)
                : TemporalValue.parse(text, time.kind() == TemporalValue.Kind.DATE_TIME);
        return parsed == null ? value : parsed;
    }

    /** Takes the steps of a comparison from the budget. */
    private static void spend(Focus focus, @Nullable Object a, @Nullable Object b) {
        focus.steps(COMPARISON);
        focus.scan(a instanceof String text ? text.length() : 0);
        focus.scan(b instanceof String text ? text.length() : 0);
    }

    private static JsonNode json(Focus focus, Items items, int i) {
        int node = items.node(i) >= 0 ? items.node(i) : items.beside(i);
        if (node < 0) {
            return FhirJson.MAPPER.getNodeFactory().nullNode();
        }
        int from = focus.tape.start(node);
        int to = focus.tape.end(node);
        if (to - from > LARGEST) {
            throw new ViewRowException("an element that is compared is larger than " + (LARGEST >> 20) + " MB");
        }
        focus.steps(TREE + to - from);
        try {
            return FhirJson.stored(focus.tape.json(), from, to);
        } catch (JacksonException | NumberFormatException e) { // the exponent of a number has too many digits
            throw new ViewRowException("an element that is compared has a value that cannot be read");
        }
    }

    /** Whether two collections have equivalent items in any order. */
    static boolean equivalent(Focus focus, Items left, Items right) {
        if (left.size() != right.size()) {
            return false;
        }
        Set<Integer> used = new HashSet<>();
        for (int i = 0; i < left.size(); i++) {
            int found = -1;
            for (int j = 0; j < right.size() && found < 0; j++) {
                focus.step();
                found = !used.contains(j) && equivalent(focus, left, i, right, j) ? j : -1;
            }
            if (found < 0) {
                return false;
            }
            used.add(found);
        }
        return true;
    }

    private static boolean equivalent(Focus focus, Items left, int i, Items right, int j) {
        Object a = SystemValues.of(focus, left, i);
        Object b = SystemValues.of(focus, right, j);
        spend(focus, a, b);
        if (a instanceof String first && b instanceof String second) {
            return folded(first).equals(folded(second));
        }
        BigDecimal x = SystemValues.number(a);
        BigDecimal y = SystemValues.number(b);
        if (x != null && y != null) {
            int decimals = Math.min(Math.max(x.scale(), 0), Math.max(y.scale(), 0));
            BigDecimal first = x.setScale(decimals, RoundingMode.HALF_UP);
            return first.compareTo(y.setScale(decimals, RoundingMode.HALF_UP)) == 0;
        }
        return Boolean.TRUE.equals(equal(focus, left, i, right, j));
    }

    private static String folded(String text) {
        return text.strip().replaceAll("\\s+", " ").toLowerCase(Locale.ROOT);
    }

    /** Less than, equal to or greater than 0; null if it cannot be told. */
    static @Nullable Integer compare(Object left, Object right) {
        BigDecimal a = SystemValues.number(left);
        BigDecimal b = SystemValues.number(right);
        if (a != null && b != null) {
            return a.compareTo(b);
        }
        Object x = comparable(left, right);
        Object y = comparable(right, left);
        if (x instanceof TemporalValue first && y instanceof TemporalValue second) {
            return first.compare(second);
        }
        if (x instanceof String first && y instanceof String second) {
            return first.compareTo(second);
        }
        throw new ViewRowException("values of different types cannot be compared");
    }

    /** Whether a collection has an item that is equal to one of another collection. */
    static boolean contains(Focus focus, Items all, Items from, int i) {
        return contains(focus, all, 0, from, i);
    }

    private static boolean contains(Focus focus, Items all, int first, Items from, int i) {
        for (int j = first; j < all.size(); j++) {
            if (Boolean.TRUE.equals(equal(focus, all, j, from, i))) {
                return true;
            }
        }
        return false;
    }

    /** Adds the items of a collection, each once. */
    static void addDistinct(Focus focus, Items from, Items out) {
        int first = out.size();
        for (int i = 0; i < from.size(); i++) {
            if (!contains(focus, out, first, from, i)) {
                out.add(from, i);
            }
        }
    }
}
