package dev.sluice.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts the answers by kind of client, and keeps the first of those that no client may get. */
final class Tally {
    private static final int MOST_FAULTS = 50;

    private final Map<String, Map<String, Long>> answers = new TreeMap<>();
    private final List<String> faults = new ArrayList<>();
    private long exports;
    private long lines;

    /** Counts an answer: a status, or {@code cut off} if the server ended the connection before it answered. */
    synchronized void answer(String client, String answer) {
        answers.computeIfAbsent(client, name -> new TreeMap<>()).merge(answer, 1L, Long::sum);
    }

    /** Records what must not happen. */
    synchronized void fault(String client, String what) {
        if (faults.size() < MOST_FAULTS) {
            faults.add(client + ": " + what);
        }
    }

    /** Counts an export whose lines were compared with what the store held. */
    synchronized void compared(int count) {
        exports++;
        lines += count;
    }

    synchronized List<String> faults() {
        return List.copyOf(faults);
    }

    synchronized long requests() {
        return answers.values().stream()
                .flatMap(row -> row.values().stream())
                .mapToLong(Long::longValue)
                .sum();
    }

    synchronized long exports() {
        return exports;
    }

    synchronized long lines() {
        return lines;
    }

    /** The answers by kind of client. */
    synchronized Map<String, Map<String, Long>> answers() {
        Map<String, Map<String, Long>> copy = new TreeMap<>();
        answers.forEach((client, row) -> copy.put(client, new TreeMap<>(row)));
        return copy;
    }
}
