package dev.sluice.view;

import dev.sluice.json.JsonTape;
import dev.sluice.r4.OwnBases;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;

/**
 * What expressions are evaluated on: the resource, and where in it. It also has the budget of the resource: how many steps
 * its rows may take and how much memory, so that no view can take a worker for itself. For use by one thread.
 */
final class Focus {
    /** Steps for one resource: a few seconds at most. A row of thirty columns takes about three hundred. */
    static final long MOST_STEPS = 1L << 26;

    /** Characters of the texts that are computed for one resource. */
    static final long MOST_TEXT = 1L << 26;

    /** Items that all collections of a view hold together, without the first few of each. */
    static final int MOST_ITEMS = 1 << 21;

    /** If there is room for more items than this, it is not kept for the next resource. */
    private static final int MOST_KEPT = 1 << 16;

    /** From so many characters or bytes on, the rows of a resource are large. */
    private static final int LARGE = 1 << 22;

    /** From so many items on, too. */
    private static final int MANY_ITEMS = 1 << 17;

    /** So many bytes are read in the time of one step. */
    private static final int STEP_BYTES = 64;

    /** Steps to read a text with escapes, beside those for its length. */
    private static final int DECODING = 16;

    /** So many steps take a few milliseconds. */
    private static final int STEPS_TO_CHECK = 1 << 16;

    final JsonTape tape = new JsonTape();

    /** Base URLs that mean this server in references. */
    final OwnBases bases;

    /** The resource. */
    final Items root = new Items();

    /** The collections that have grown, and the items for which they have room. */
    private final List<Items> grown = new ArrayList<>();

    private int room;
    private Items self = root;
    private int position;
    private int rowIndex;
    private long steps;
    private long text;
    private int items;
    private long nextCheck;
    private Runnable check = Focus::requireNoInterrupt;
    private boolean isLarge;
    private Runnable large = () -> {};

    Focus(OwnBases bases) {
        this.bases = bases;
    }

    /** Begins with a resource, and gives it the whole budget. */
    void read(byte[] bytes, int offset, int length) {
        if (room > MOST_KEPT) {
            grown.forEach(Items::release);
            grown.clear();
            room = 0;
        } else {
            grown.forEach(Items::reset);
        }
        items = 0;
        text = 0;
        steps = 0;
        nextCheck = STEPS_TO_CHECK;
        isLarge = false;
        tape.read(bytes, offset, length);
        root.begin(this);
        self = root;
        position = 0;
        rowIndex = 0;
    }

    /** Names what is called every few milliseconds. It throws if the rows are not wanted any more. */
    void check(Runnable action) {
        check = action;
    }

    /** Names what is called once for a resource, before its rows take more than some megabytes. It may wait. */
    void largeBy(Runnable action) {
        large = action;
    }

    private void large() {
        if (!isLarge) {
            isLarge = true;
            large.run();
        }
    }

    /** Says how many bytes of its rows have been written. */
    void written(int bytes) {
        if (bytes > LARGE) {
            large();
        }
    }

    private static void requireNoInterrupt() {
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException("interrupted while rows of a view were made");
        }
    }

    /** Takes one step of the budget. */
    void step() {
        steps(1);
    }

    /** Takes steps of the budget. */
    void steps(long more) {
        steps += more;
        if (steps > MOST_STEPS) {
            throw new ViewRowException("its rows take more than " + MOST_STEPS
                    + " steps; paths and parts of the view that go through one another multiply their steps");
        }
        if (steps >= nextCheck) {
            nextCheck = steps + STEPS_TO_CHECK;
            check.run();
        }
    }

    /** Takes the steps for reading a text. */
    void scan(long length) {
        if (length >= STEP_BYTES) {
            steps(length / STEP_BYTES);
        }
    }

    /** Whether a name or a string of the resource is this one. */
    boolean is(int node, byte[] wanted) {
        if (!tape.fits(node, wanted)) {
            return false;
        }
        spendReading(node);
        return tape.is(node, wanted);
    }

    /** The text of a string of the resource. */
    String text(int node) {
        spendReading(node);
        return tape.text(node);
    }

    /** Takes the steps for reading a name or a value. */
    void spendReading(int node) {
        scan(tape.end(node) - tape.start(node));
        if (tape.isEscaped(node)) {
            steps(DECODING);
        }
    }

    /** How many steps the resource has taken. */
    long taken() {
        return steps;
    }

    /** Takes the memory of a computed text. */
    void keep(int length) {
        text += length;
        if (text > MOST_TEXT) {
            throw new ViewRowException("the texts that the view computes have more than " + MOST_TEXT + " characters");
        }
        if (text > LARGE) {
            large();
        }
    }

    /** Takes the memory of more items. Each resource takes it, also where an earlier one has made the room. */
    void take(int more) {
        items += more;
        if (items > MOST_ITEMS) {
            throw new ViewRowException("a path leads to more than " + MOST_ITEMS + " values");
        }
        if (items > MANY_ITEMS) {
            large();
        }
    }

    /** Knows of a collection that grows, to release its room some time. */
    void keep(Items collection, int more, boolean isNew) {
        if (isNew) {
            grown.add(collection);
        }
        room += more;
    }

    /** The value of a field, or {@link Items#NONE} if the node is no object or does not have it. */
    int find(int object, byte[] name) {
        if (object < 0 || tape.kind(object) != JsonTape.OBJECT) {
            return Items.NONE;
        }
        int end = tape.next(object);
        for (int field = object + 1; field < end; field = tape.next(field + 1)) {
            step();
            if (is(field, name)) {
                return field + 1;
            }
        }
        return Items.NONE;
    }

    /** {@code $this}. */
    Items self() {
        return self;
    }

    /** Changes {@code $this}. */
    void self(Items items) {
        self = items;
    }

    /** {@code $index}. */
    int position() {
        return position;
    }

    /** Changes {@code $index}. */
    void position(int place) {
        position = place;
    }

    /** {@code %rowIndex}. */
    int rowIndex() {
        return rowIndex;
    }

    /** Changes {@code %rowIndex}. */
    void rowIndex(int place) {
        rowIndex = place;
    }
}
