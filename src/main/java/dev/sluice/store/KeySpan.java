package dev.sluice.store;

import java.util.ArrayList;
import java.util.List;

/**
 * A range of keys that is read either from sealed segments or from rows.
 *
 * @param first the first key
 * @param last the last key, inclusive
 * @param segments the sealed segments that cover it, in order of keys; empty = its rows are read
 */
record KeySpan(long first, long last, List<KeyRange> segments) {
    boolean isSealed() {
        return !segments.isEmpty();
    }

    /** How many lines its segments have. */
    long lines() {
        return segments.stream().mapToLong(KeyRange::rows).sum();
    }

    /** Divides a sealed span into parts of some lines, or of one segment if that has more. */
    List<KeySpan> parts(long most) {
        List<KeySpan> parts = new ArrayList<>();
        int begin = 0;
        long lines = 0;
        for (int i = 0; i < segments.size(); i++) {
            lines += segments.get(i).rows();
            boolean full =
                    i + 1 == segments.size() || lines + segments.get(i + 1).rows() > most;
            if (full) {
                List<KeyRange> part = segments.subList(begin, i + 1);
                parts.add(new KeySpan(
                        part.get(0).first(), part.get(part.size() - 1).last(), part));
                begin = i + 1;
                lines = 0;
            }
        }
        return parts;
    }

    /** Divides a range into runs of adjacent segments and the spans between them. */
    static List<KeySpan> of(KeyRange range, List<KeyRange> segments) {
        List<KeySpan> spans = new ArrayList<>();
        long next = range.first();
        boolean toTheEnd = false;
        for (int i = 0; i < segments.size(); ) {
            int end = i + 1;
            while (end < segments.size()
                    && segments.get(end).first() == segments.get(end - 1).last() + 1) {
                end++;
            }
            List<KeyRange> run = segments.subList(i, end);
            long first = run.get(0).first();
            long last = run.get(run.size() - 1).last();
            if (next < first) {
                spans.add(new KeySpan(next, first - 1, List.of()));
            }
            spans.add(new KeySpan(first, last, run));
            next = last + 1;
            toTheEnd = last == range.last();
            i = end;
        }
        if (!toTheEnd && next <= range.last()) {
            spans.add(new KeySpan(next, range.last(), List.of()));
        }
        return spans;
    }
}
