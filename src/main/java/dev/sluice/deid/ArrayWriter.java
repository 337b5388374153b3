package dev.sluice.deid;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.json.JsonOutput;
import dev.sluice.json.JsonTape;
import dev.sluice.r4.ElementModel.Kind;
import dev.sluice.rulepath.PathState;

/**
 * Writes what remains of arrays. The elements of {@code given} and {@code _given} belong together by their places, so where
 * one of a pair remains, null stands for the other. For use by one thread.
 */
final class ArrayWriter {
    private static final byte[] NULL = "null".getBytes(UTF_8);

    private final ResourceWalk walk;
    private final ResourceRun run;

    ArrayWriter(ResourceWalk walk, ResourceRun run) {
        this.walk = walk;
        this.run = run;
    }

    /** Writes a field that is a list. A single value without brackets counts as a list of one. Returns whether anything remains. */
    boolean write(Field field, int rank) {
        JsonTape tape = run.tape();
        boolean array = tape.kind(field.value()) == JsonTape.ARRAY;
        if (array && field.transition().child().hasObjectBeside()) {
            int other = tape.find(field.object(), field.transition().otherName(field.beside()));
            if (other >= 0 && tape.kind(other) == JsonTape.ARRAY) {
                return other > field.value() && pairs(field, other, rank);
            }
        }
        int before = run.out().size();
        walk.name(field.name());
        run.out().put('[');
        int first = run.out().size();
        int end = tape.next(field.value());
        for (int node = field.value() + (array ? 1 : 0); node < end; node = tape.next(node)) {
            int last = run.out().size();
            if (last != first) {
                run.out().put(',');
            }
            if (!element(field, node, rank)) {
                run.out().truncate(last);
            }
        }
        return close(run.out(), before, run.out().size() != first);
    }

    private boolean element(Field field, int node, int rank) {
        PathState target = field.transition().target();
        if (target == null) {
            if (field.transition().child().type().kind() == Kind.RESOURCE) {
                return walk.inner(node, field.parent(), field.transition());
            }
            target = walk.test(
                    field.parent(), field.transition(), field.beside() ? -1 : node, field.beside() ? node : -1);
        }
        return field.beside() ? walk.beside(node, target, rank) : walk.element(node, target, rank);
    }

    /** Writes both arrays where the first of them is. */
    private boolean pairs(Field field, int other, int rank) {
        Pairs pairs = new Pairs(field, rank);
        JsonTape tape = run.tape();
        int value = (field.beside() ? other : field.value()) + 1;
        int beside = (field.beside() ? field.value() : other) + 1;
        int valueEnd = tape.next(value - 1);
        int besideEnd = tape.next(beside - 1);
        while (value < valueEnd || beside < besideEnd) {
            pairs.add(value < valueEnd ? value : -1, beside < besideEnd ? beside : -1);
            value = value < valueEnd ? tape.next(value) : value;
            beside = beside < besideEnd ? tape.next(beside) : beside;
        }
        return pairs.finish(field.beside() ? other - 1 : field.name(), field.beside() ? field.name() : other - 1);
    }

    private static boolean close(JsonOutput out, int before, boolean remains) {
        if (remains) {
            out.put(']');
        } else {
            out.truncate(before);
        }
        return remains;
    }

    /** Two arrays that are written at the same time. */
    private final class Pairs {
        private final Field field;
        private final int rank;
        private final JsonOutput main = run.out();
        private final JsonOutput values = new JsonOutput();
        private final JsonOutput besides = new JsonOutput();
        private boolean anyValue;
        private boolean anyBeside;

        Pairs(Field field, int rank) {
            this.field = field;
            this.rank = rank;
        }

        /** Adds a pair, of which either may be missing. */
        void add(int value, int beside) {
            PathState target = field.transition().target();
            if (target == null) {
                target = walk.test(field.parent(), field.transition(), value, beside);
            }
            int valuesBefore = begin(values);
            run.writeTo(values);
            boolean valueRemains = value >= 0 && walk.element(value, target, rank);
            int besidesBefore = begin(besides);
            run.writeTo(besides);
            boolean besideRemains = beside >= 0 && walk.beside(beside, target, rank);
            run.writeTo(main);
            if (!valueRemains && !besideRemains) {
                values.truncate(valuesBefore);
                besides.truncate(besidesBefore);
                return;
            }
            fill(values, valueRemains);
            fill(besides, besideRemains);
            anyValue |= valueRemains;
            anyBeside |= besideRemains;
        }

        private static int begin(JsonOutput out) {
            int before = out.size();
            if (before > 0) {
                out.put(',');
            }
            return before;
        }

        private static void fill(JsonOutput out, boolean remains) {
            if (!remains) {
                out.put(NULL);
            }
        }

        boolean finish(int valueName, int besideName) {
            array(valueName, values, anyValue);
            if (anyValue && anyBeside) {
                main.put(',');
            }
            array(besideName, besides, anyBeside);
            return anyValue || anyBeside;
        }

        private void array(int name, JsonOutput content, boolean any) {
            if (any) {
                walk.name(name);
                main.put('[');
                main.put(content);
                main.put(']');
            }
        }
    }
}
