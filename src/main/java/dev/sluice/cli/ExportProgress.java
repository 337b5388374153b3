package dev.sluice.cli;

import dev.sluice.bulkclient.ExportListener;
import dev.sluice.fhir.Plural;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Shows how far an export is: first what the server says, then the files and bytes that have arrived, with the rate and the
 * time that remains. On a terminal, one line changes; elsewhere a line is printed now and then. Safe for use by any number of
 * threads.
 */
final class ExportProgress implements ExportListener {
    private static final long ON_TERMINAL = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long ELSEWHERE = TimeUnit.SECONDS.toNanos(30);

    /** A rate that is measured for less time is none. */
    private static final double SHORTEST = 1;

    private static final Pattern PERCENT = Pattern.compile("(\\d{1,3}(?:\\.\\d+)?) ?%");

    private final TerminalOutput terminal;
    private final LongSupplier nanoTime;
    private final long interval;
    private long next;

    /** When the server was at this part of its work. */
    private long firstTime;

    private double firstPart = -1;

    private int files;
    private int complete;

    /** Files that were complete before the first byte of this run. */
    private int completeBefore;

    private boolean sized = true;
    private long expected;
    private long present;
    private long received;
    private boolean begun;
    private long started;

    ExportProgress(TerminalOutput terminal) {
        this(terminal, System::nanoTime);
    }

    ExportProgress(TerminalOutput terminal, LongSupplier nanoTime) {
        this.terminal = terminal;
        this.nanoTime = nanoTime;
        this.interval = terminal.isTerminal() ? ON_TERMINAL : ELSEWHERE;
        this.next = nanoTime.getAsLong() + interval;
    }

    @Override
    public synchronized void note(String sentence) {
        terminal.show("");
        terminal.println(sentence);
    }

    @Override
    public synchronized void waiting(String progress) {
        show("The server exports" + (progress.isEmpty() ? "" : ": " + progress) + serverTime(progress));
    }

    @Override
    public synchronized void found(long bytes) {
        files++;
        sized &= bytes >= 0;
        expected += Math.max(0, bytes);
    }

    @Override
    public synchronized void present(long bytes) {
        present += bytes;
    }

    @Override
    public synchronized void received(long bytes) {
        if (!begun) {
            begun = true;
            started = nanoTime.getAsLong();
            completeBefore = complete;
        }
        received += bytes;
        show();
    }

    @Override
    public synchronized void completed() {
        complete++;
        show();
    }

    private void show() {
        show(text());
    }

    private void show(String text) {
        long now = nanoTime.getAsLong();
        if (now - next >= 0) {
            next = now + interval;
            if (terminal.isTerminal()) {
                terminal.show(text);
            } else {
                terminal.println(text + ".");
            }
        }
    }

    /** What is shown, such as {@code Downloading: 12 of 40 files, 42 %, 1.3 of 3.0 GB, 85 MB/s, 20 s left}. */
    private String text() {
        long bytes = present + received;
        boolean byBytes = sized && expected > 0;
        double part = byBytes ? Math.min(1, (double) bytes / expected) : (double) complete / Math.max(1, files);
        StringBuilder text = new StringBuilder("Downloading: ");
        text.append(complete).append(" of ").append(Plural.of(files, "file")).append(", ");
        text.append((int) (part * 100)).append(" %, ").append(ProgressLine.size(bytes));
        if (byBytes) {
            text.append(" of ").append(ProgressLine.size(expected));
        }
        double seconds = begun ? (nanoTime.getAsLong() - started) / 1e9 : 0;
        if (seconds >= SHORTEST && received > 0) {
            text.append(", ")
                    .append(ProgressLine.size((long) (received / seconds)))
                    .append("/s");
            double perSecond = (byBytes ? received : complete - completeBefore) / seconds;
            long left = byBytes ? expected - bytes : files - complete;
            if (left > 0 && perSecond > 0) {
                text.append(", ")
                        .append(ProgressLine.duration((long) Math.ceil(left / perSecond)))
                        .append(" left");
            }
        }
        return text.toString();
    }

    /** The time that the server needs for the rest, from the pace of its percentages, unless it says that itself. */
    private String serverTime(String progress) {
        Matcher percent = PERCENT.matcher(progress);
        if (!percent.find() || progress.contains("left")) {
            return "";
        }
        long now = nanoTime.getAsLong();
        double part = Double.parseDouble(percent.group(1));
        if (firstPart < 0) {
            firstPart = part;
            firstTime = now;
        }
        double seconds = (now - firstTime) / 1e9;
        return part <= firstPart || seconds < SHORTEST
                ? ""
                : ", " + ProgressLine.duration((long) Math.ceil(seconds * (100 - part) / (part - firstPart))) + " left";
    }
}
