package dev.sluice.cli;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * Shows on a terminal how far a command is: percent, bytes, rate, and the time that remains if the rate stays what it was
 * on average. Safe for use by any number of threads.
 */
final class ProgressLine implements AutoCloseable {
    private static final long INTERVAL = TimeUnit.MILLISECONDS.toNanos(200);

    /** A rate that is measured for less time is none. */
    private static final long SHORTEST = TimeUnit.SECONDS.toNanos(1);

    private final TerminalOutput terminal;
    private final String work;
    private final long total;
    private final LongSupplier nanoTime;
    private final long start;
    private final AtomicLong next;
    private final LongAdder done = new LongAdder();

    /**
     * @param work what is done, such as {@code Verifying}
     * @param total bytes; negative = not known
     */
    ProgressLine(TerminalOutput terminal, String work, long total) {
        this(terminal, work, total, System::nanoTime);
    }

    ProgressLine(TerminalOutput terminal, String work, long total, LongSupplier nanoTime) {
        this.terminal = terminal;
        this.work = work;
        this.total = total;
        this.nanoTime = nanoTime;
        this.start = nanoTime.getAsLong();
        this.next = new AtomicLong(start + INTERVAL);
    }

    /** Counts bytes that are done. */
    void add(long bytes) {
        done.add(bytes);
        if (terminal.isTerminal()) {
            long now = nanoTime.getAsLong();
            long due = next.get();
            if (now - due >= 0 && next.compareAndSet(due, now + INTERVAL)) {
                terminal.show(text(now));
            }
        }
    }

    /**
     * Counts what is read from a file. When it is closed, the whole file is done, whatever was read of it.
     *
     * @param size of the file; negative = not known
     */
    InputStream counting(InputStream file, long size) {
        return new FilterInputStream(file) {
            private long counted;

            @Override
            public int read() throws IOException {
                int read = super.read();
                count(read < 0 ? 0 : 1);
                return read;
            }

            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                int read = super.read(buffer, offset, length);
                count(read);
                return read;
            }

            @Override
            public void close() throws IOException {
                count(size - counted);
                super.close();
            }

            private void count(long read) {
                long more = size < 0 ? read : Math.min(read, size - counted);
                if (more > 0) {
                    counted += more;
                    add(more);
                }
            }
        };
    }

    /** Removes the line. */
    @Override
    public void close() {
        terminal.show("");
    }

    /** What is shown, such as {@code Verifying: 42 %, 1.3 of 3.0 GB, 85 MB/s, 20 s left}. */
    String text(long now) {
        long bytes = done.sum();
        long elapsed = now - start;
        StringBuilder text = new StringBuilder(work).append(": ");
        if (total > 0) {
            long known = Math.min(bytes, total);
            text.append(known * 100 / total).append(" %, ").append(size(known)).append(" of ");
            text.append(size(total));
        } else {
            text.append(size(bytes));
        }
        if (elapsed >= SHORTEST && bytes > 0) {
            double perSecond = bytes * 1e9 / elapsed;
            text.append(", ").append(size((long) perSecond)).append("/s");
            if (total > bytes) {
                text.append(", ")
                        .append(duration((long) ((total - bytes) / perSecond)))
                        .append(" left");
            }
        }
        return text.toString();
    }

    /** Bytes in the unit that gives few digits. */
    static String size(long bytes) {
        double amount = bytes;
        String[] units = {"bytes", "kB", "MB", "GB", "TB"};
        int unit = 0;
        while (amount >= 1000 && unit < units.length - 1) {
            amount /= 1000;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 || amount >= 100 ? "%.0f %s" : "%.1f %s", amount, units[unit]);
    }

    /** A time in its two largest units. */
    static String duration(long seconds) {
        Duration time = Duration.ofSeconds(seconds);
        if (time.toDays() > 0) {
            return time.toDays() + " d " + time.toHoursPart() + " h";
        }
        if (time.toHours() > 0) {
            return time.toHours() + " h " + time.toMinutesPart() + " min";
        }
        return time.toMinutes() > 0 ? time.toMinutes() + " min " + time.toSecondsPart() + " s" : seconds + " s";
    }
}
