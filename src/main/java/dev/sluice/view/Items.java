package dev.sluice.view;

import dev.sluice.r4.ElementModel;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A collection of FHIRPath: elements of the resource that is read, as nodes of its tape, and computed values. It is used
 * again for each evaluation, which {@link #begin} begins. Each evaluation and each item takes a step of the budget of the
 * resource. For use by one thread.
 */
final class Items {
    /** Of an element: it has no such node. */
    static final int NONE = -1;

    /** Room for more than this is taken from the budget. */
    private static final int SMALL = 4;

    private int[] nodes = new int[SMALL];
    private int[] besides = new int[SMALL];
    private @Nullable ElementModel[] models = new ElementModel[SMALL];
    private @Nullable Object[] values = new Object[SMALL];
    private int size;

    /** How many items the resource may have here by what was taken from its budget. */
    private int taken = SMALL;

    private boolean absent;
    private @Nullable Focus focus;

    /** A collection for one evaluation. */
    static Items of(Focus focus) {
        return new Items().begin(focus);
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Makes it empty for an evaluation. */
    Items begin(Focus where) {
        where.step();
        focus = where;
        size = 0;
        absent = false;
        return this;
    }

    /** Makes this the collection of an element that does not exist, which is not the same as an empty one of an element. */
    void beginAsAbsent(Focus where) {
        begin(where);
        absent = true;
    }

    /** Gives back what was taken from the budget, and keeps its room. */
    void reset() {
        size = 0;
        taken = SMALL;
    }

    /** Releases what it holds. */
    void release() {
        reset();
        nodes = new int[SMALL];
        besides = new int[SMALL];
        models = new ElementModel[SMALL];
        values = new Object[SMALL];
    }

    boolean isAbsent() {
        return absent;
    }

    /**
     * Adds an element.
     *
     * @param node its JSON; {@link #NONE} if it has only what is beside
     * @param beside of a primitive, the object with its id and extensions; {@link #NONE} if there is none or nobody asks
     */
    void element(int node, int beside, ElementModel model) {
        reserve();
        nodes[size] = node;
        besides[size] = beside;
        models[size] = model;
        values[size++] = null;
    }

    /** Adds a computed value: a Boolean, an Integer, a BigDecimal, a String or a {@link TemporalValue}. */
    void value(Object value) {
        reserve();
        if (value instanceof String text) {
            Objects.requireNonNull(focus).keep(text.length());
        }
        nodes[size] = NONE;
        besides[size] = NONE;
        models[size] = null;
        values[size++] = value;
    }

    /** Adds an item of another collection. */
    void add(Items from, int i) {
        reserve();
        nodes[size] = from.nodes[i];
        besides[size] = from.besides[i];
        models[size] = from.models[i];
        values[size++] = from.values[i];
    }

    void addAll(Items from) {
        for (int i = 0; i < from.size; i++) {
            add(from, i);
        }
    }

    /** Makes this the collection of one item of another one. */
    Items only(Items from, int i) {
        focus = from.focus;
        size = 0;
        add(from, i);
        return this;
    }

    private void reserve() {
        Focus of = Objects.requireNonNull(focus);
        of.step();
        if (size == taken) {
            of.take(size);
            taken = 2 * size;
            if (taken > nodes.length) {
                of.keep(this, size, nodes.length == SMALL);
                nodes = Arrays.copyOf(nodes, taken);
                besides = Arrays.copyOf(besides, taken);
                models = Arrays.copyOf(models, taken);
                values = Arrays.copyOf(values, taken);
            }
        }
    }

    int node(int i) {
        return nodes[i];
    }

    int beside(int i) {
        return besides[i];
    }

    /** The type of an element; null for a computed value. */
    @Nullable
    ElementModel model(int i) {
        return models[i];
    }

    /** A computed value; null for an element. */
    @Nullable
    Object computed(int i) {
        return values[i];
    }
}
