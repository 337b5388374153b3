package dev.sluice.deid;

import dev.sluice.rulepath.PathState;
import dev.sluice.rulepath.PathState.Transition;

/**
 * A field of an object that is being written.
 *
 * @param object the node of the object
 * @param name the node of the name; the next one is the value
 * @param beside whether it holds what is beside primitive values, such as {@code _given}
 * @param parent the state of the object
 * @param transition what it leads to
 */
record Field(int object, int name, boolean beside, PathState parent, Transition transition) {
    int value() {
        return name + 1;
    }
}
