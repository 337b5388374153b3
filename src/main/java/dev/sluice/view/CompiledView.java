package dev.sluice.view;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.json.JsonTape;
import dev.sluice.r4.ElementModel;
import dev.sluice.r4.OwnBases;
import dev.sluice.view.ViewRow.RowSink;
import java.util.List;

/** A view that is ready to make rows. For use by one thread. */
public final class CompiledView {
    private static final byte[] RESOURCE_TYPE = "resourceType".getBytes(UTF_8);

    /** The number of steps that one resource may take: they take a few seconds at most. */
    public static final long MOST_STEPS = Focus.MOST_STEPS;

    /** Parts beside each other multiply their rows. */
    private static final int MOST_ROWS = 100_000;

    private final byte[] type;
    private final ElementModel model;
    private final SelectionStep root;
    private final List<Evaluator> where;
    private final Focus focus;
    private final ViewRow row;
    private final Items condition = new Items();

    CompiledView(ViewDefinition view, SelectionStep root, List<Evaluator> where, List<Items> slots, OwnBases bases) {
        this.type = view.resource().name().getBytes(UTF_8);
        this.model = ElementModel.of(view.resource());
        this.root = root;
        this.where = List.copyOf(where);
        this.focus = new Focus(bases);
        this.row = new ViewRow(view.columns(), List.copyOf(slots), focus);
    }

    /**
     * Names what is called every few milliseconds while rows are made, in place of a check for an interrupt.
     *
     * @param action throws what ends the rows if they are not wanted any more
     */
    public CompiledView checkedBy(Runnable action) {
        focus.check(action);
        return this;
    }

    /**
     * Names what is called once for a resource, before its rows take more than some megabytes: with what is computed for them
     * they may take two hundred.
     *
     * @param action may wait, and throws what ends the rows if they are not wanted any more
     */
    public CompiledView largeBy(Runnable action) {
        focus.largeBy(action);
        return this;
    }

    /**
     * Makes the rows of a resource: none if it has another type or the view leaves it out.
     *
     * @param bytes the resource as JSON, which was checked when it was stored
     * @throws ViewRowException if no rows can be made of it; some may have been given to the sink then
     * @throws java.util.concurrent.CancellationException if the thread is interrupted
     */
    public void rows(byte[] bytes, int offset, int length, RowSink sink) {
        focus.read(bytes, offset, length);
        JsonTape tape = focus.tape;
        int found = focus.find(0, RESOURCE_TYPE);
        if (found < 0 || tape.kind(found) != JsonTape.STRING || !focus.is(found, type)) {
            return;
        }
        focus.root.element(0, Items.NONE, model);
        if (!isIncluded()) {
            return;
        }
        int[] rows = {0};
        root.run(focus, () -> {
            if (++rows[0] > MOST_ROWS) {
                throw new ViewRowException("the resource has more than " + MOST_ROWS
                        + " rows; parts of a view that stand beside each other multiply their rows");
            }
            sink.row(row);
        });
    }

    /** The number of steps that the last resource took. It tells roughly how long it took. */
    public long steps() {
        return focus.taken();
    }

    private boolean isIncluded() {
        for (int i = 0; i < where.size(); i++) {
            condition.begin(focus);
            where.get(i).evaluate(focus, condition);
            String place = "where[" + i + "]";
            Object value = SystemValues.single(focus, condition, place);
            if (!condition.isEmpty() && !(value instanceof Boolean)) {
                throw new ViewRowException(place + " gives a value that is no boolean");
            }
            if (!Boolean.TRUE.equals(value)) {
                return false;
            }
        }
        return true;
    }
}
