package dev.sluice.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What a process has used, as Linux tells in {@code /proc}; NaN where it does not. */
final class ProcessUsage {
    /** What {@code getconf CLK_TCK} says on every Linux that Java runs on. */
    private static final double TICKS_PER_SECOND = 100;

    private static final int FIRST_OF_OWN = 11;
    private static final int FIRST_OF_CHILDREN = 13;

    private ProcessUsage() {}

    /** CPU seconds of a process itself. */
    static double cpu(long pid) {
        return ticks(pid, FIRST_OF_OWN) / TICKS_PER_SECOND;
    }

    /** CPU seconds of a process and of its children that have ended. */
    static double cpuWithEnded(long pid) {
        return (ticks(pid, FIRST_OF_OWN) + ticks(pid, FIRST_OF_CHILDREN)) / TICKS_PER_SECOND;
    }

    /** CPU seconds of a process and of all children that it ever had. */
    static double familyCpu(long pid) {
        return ProcessHandle.of(pid).stream()
                .flatMap(ProcessHandle::children)
                .mapToDouble(child -> ProcessUsage.cpu(child.pid()))
                .filter(used -> !Double.isNaN(used)) // it ended meanwhile
                .reduce(cpuWithEnded(pid), Double::sum);
    }

    /** The name of a process's program; empty if nobody tells. */
    static String program(long pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/comm")).strip();
        } catch (IOException notThere) {
            return "";
        }
    }

    /** Memory that a process holds now, heap and all else, in bytes. */
    static double resident(long pid) {
        return status(pid, "VmRSS:");
    }

    /** The most memory that a process held since it began or {@link #forgetPeak} was called, in bytes. */
    static double peak(long pid) {
        return status(pid, "VmHWM:");
    }

    /** Begins a new peak. */
    static void forgetPeak(long pid) {
        try {
            Files.writeString(Path.of("/proc/" + pid + "/clear_refs"), "5");
        } catch (IOException notLinux) {
            // then the peak is that of the whole life of the process, or unknown
        }
    }

    /** User and system time from one field on; fields are counted after the name, which may hold spaces. */
    private static double ticks(long pid, int first) {
        try {
            String line = Files.readString(Path.of("/proc/" + pid + "/stat"));
            List<String> fields =
                    List.of(line.substring(line.lastIndexOf(')') + 2).split(" ", -1));
            return Double.parseDouble(fields.get(first)) + Double.parseDouble(fields.get(first + 1));
        } catch (IOException notThere) {
            return Double.NaN;
        }
    }

    private static double status(long pid, String key) {
        try {
            return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                    .filter(line -> line.startsWith(key))
                    .mapToDouble(line -> 1024 * Double.parseDouble(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElse(Double.NaN);
        } catch (IOException notThere) {
            return Double.NaN;
        }
    }
}
