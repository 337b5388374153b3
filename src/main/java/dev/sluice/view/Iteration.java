package dev.sluice.view;

import java.util.function.IntConsumer;

/** Evaluates an expression for each item of a collection. For use by one thread. */
final class Iteration {
    private final Evaluator source;
    private final Evaluator expression;
    private final Items items = new Items();
    private final Items self = new Items();
    private final Items result = new Items();

    Iteration(Evaluator source, Evaluator expression) {
        this.source = source;
        this.expression = expression;
    }

    /** The items for which the expression is true. */
    Evaluator where() {
        return (focus, out) -> run(focus, i -> {
            result.begin(focus);
            expression.evaluate(focus, result);
            if (Boolean.TRUE.equals(SystemValues.condition(focus, result, "a criterion"))) {
                out.add(items, i);
            }
        });
    }

    /** What the expression selects. */
    Evaluator select() {
        return (focus, out) -> run(focus, i -> expression.evaluate(focus, out));
    }

    private void run(Focus focus, IntConsumer step) {
        items.begin(focus);
        source.evaluate(focus, items);
        Items before = focus.self();
        int position = focus.position();
        for (int i = 0; i < items.size(); i++) {
            focus.self(self.only(items, i));
            focus.position(i);
            step.accept(i);
        }
        focus.self(before);
        focus.position(position);
    }
}
