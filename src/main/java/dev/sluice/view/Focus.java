package dev.sluice.view;

import dev.sluice.json.JsonTape;
import dev.sluice.r4.OwnBases;

/** What expressions are evaluated on: the resource, and where in it. For use by one thread. */
final class Focus {
    final JsonTape tape = new JsonTape();

    /** Base URLs that mean this server in references. */
    final OwnBases bases;

    /** The resource. */
    final Items root = new Items();

    private Items self = root;
    private int position;
    private int rowIndex;

    Focus(OwnBases bases) {
        this.bases = bases;
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
