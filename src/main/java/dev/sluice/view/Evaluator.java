package dev.sluice.view;

/** A compiled expression. It may keep collections between two calls, so it is for use by one thread. */
@FunctionalInterface
interface Evaluator {
    /**
     * Adds what the expression selects.
     *
     * @throws ViewRowException if it cannot be evaluated for this resource
     */
    void evaluate(Focus focus, Items out);
}
