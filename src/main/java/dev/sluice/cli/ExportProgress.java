package dev.sluice.cli;

import dev.sluice.bulkclient.ExportListener;
import java.util.concurrent.TimeUnit;
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

    private final CommandOutput out;
    private final long interval;
    private long next = System.nanoTime();

    /** When the server was at this part of its work. */
    private long firstTime;

    private double firstPart = -1;

    private int files;
    private int complete;
    private boolean sized = true;
    private long expected;
    private long present;
    private long received;
    private long started;

    ExportProgress(CommandOutput out) {
        this.out = out;
        this.interval = out.progress().isTerminal() ? ON_TERMINAL : ELSEWHERE;
    }

    @Override
    public synchronized void note(String sentence) {
        out.note(sentence);
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
        started = received == 0 ? System.nanoTime() : started;
        received += bytes;
        show();
    }

    @Override
    public synchronized void completed() {
        complete++;
        show();
    }

    /** The bytes that this run has received. */
    synchronized long received() {
        return received;
    }

    private void show() {
        show(text(complete, files, (System.nanoTime() - started) / 1e9));
    }

    private void show(String text) {
        long now = System.nanoTime();
        if (now - next >= 0) {
            next = now + interval;
            if (out.progress().isTerminal()) {
                out.progress().show(text);
            } else {
                out.note(text + ".");
            }
        }
    }

    /** What is shown, such as {@code Downloading: 12 of 40 files, 42 %, 1.3 of 3.0 GB, 85 MB/s, 20 s left}. */
    private String text(int done, int of, double seconds) {
        long bytes = present + received;
        StringBuilder text = new StringBuilder("Downloading: ")
                .append(done)
                .append(" of ")
                .append(of)
                .append(" files");
        double part = sized && expected > 0 ? Math.min(1, (double) bytes / expected) : (double) done / Math.max(1, of);
        text.append(", ").append((int) (part * 100)).append(" %, ").append(ProgressLine.size(bytes));
        if (sized && expected > 0) {
            text.append(" of ").append(ProgressLine.size(expected));
        }
        if (seconds >= SHORTEST && received > 0) {
            double rate = received / seconds;
            text.append(", ").append(ProgressLine.size((long) rate)).append("/s");
            double left = sized ? (expected - bytes) / rate : seconds * (1 - part) / Math.max(part, 0.001);
            if (left > 0 && part > 0) {
                text.append(", ")
                        .append(ProgressLine.duration((long) Math.ceil(left)))
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
        long now = System.nanoTime();
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
