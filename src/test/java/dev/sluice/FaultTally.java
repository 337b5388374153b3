package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestPlan;

/**
 * Counts what the tests under fire did: faults injected, exports run, lines checked, and lines that were lost or doubled.
 *
 * <p>Each test class that carries the tag {@value #TAG} has one row. {@code ./mvnw verify} runs these tests with few
 * repetitions; {@code ./mvnw verify -Pfaults} runs nothing else, with many, and prints the table at its end. It is also
 * left in {@code target/faults.txt}.
 */
public final class FaultTally implements TestExecutionListener {
    /** The tag of tests under fire. */
    public static final String TAG = "faults";

    private static final Map<String, FaultTally> ROWS = new TreeMap<>();
    private static final String LINE = "%-40s %8s %8s %12s %6s %8s%n";

    private long faults;
    private long exports;
    private long lines;
    private long lost;
    private long doubled;

    /** The row of a test class. */
    public static synchronized FaultTally of(Class<?> test) {
        return ROWS.computeIfAbsent(test.getSimpleName(), name -> new FaultTally());
    }

    /** The number of repetitions: few in {@code verify}, many with {@code -Pfaults}. */
    public static int times(int few, int many) {
        return Boolean.getBoolean("faults.repeated") ? many : few;
    }

    /** Counts an injected fault. */
    public synchronized void fault() {
        faults++;
    }

    /** Counts an export whose lines were compared with what it had to hold, and fails on any difference. */
    public synchronized void export(Collection<String> expected, Collection<String> actual) {
        exports++;
        lines += actual.size();
        Set<String> present = new HashSet<>(actual);
        List<String> missing =
                expected.stream().filter(line -> !present.contains(line)).toList();
        Set<String> wanted = new HashSet<>(expected);
        List<String> extra =
                actual.stream().filter(line -> !wanted.remove(line)).toList();
        lost += missing.size();
        doubled += extra.size();
        assertThat(missing).as("lines that are missing").isEmpty();
        assertThat(extra).as("lines too many").isEmpty();
    }

    /** Writes the table when all tests are through. */
    @Override
    public void testPlanExecutionFinished(TestPlan plan) {
        if (ROWS.isEmpty()) {
            return;
        }
        StringBuilder table = new StringBuilder("%n".formatted())
                .append(LINE.formatted("under fire", "faults", "exports", "lines", "lost", "doubled"));
        FaultTally all = new FaultTally();
        ROWS.forEach((name, row) -> {
            table.append(row.line(name));
            all.add(row);
        });
        table.append(all.line("all"));
        try {
            Files.writeString(Path.of("target", "faults.txt"), table);
        } catch (IOException e) {
            throw new IllegalStateException("The table of faults could not be written", e);
        }
    }

    private void add(FaultTally row) {
        faults += row.faults;
        exports += row.exports;
        lines += row.lines;
        lost += row.lost;
        doubled += row.doubled;
    }

    private String line(String name) {
        return LINE.formatted(name, faults, exports, lines, lost, doubled);
    }
}
