package dev.sluice.benchmark;

import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/** Lines over two axes. */
final class LineChart {
    private static final double WIDTH = 720;
    private static final double HEIGHT = 400;
    private static final double MARGIN = 16;
    private static final double LEFT = 80;
    private static final double RIGHT = 50;
    private static final double TOP = 80;
    private static final double BOTTOM = 60;
    private static final int MOST_TICKS = 6;
    /** About what a character of the legend is wide, and what stands between two entries. */
    private static final double CHARACTER = 7.2;

    private static final double BETWEEN = 36;

    private final Svg svg = new Svg(WIDTH, HEIGHT);
    private final Axis x;
    private final Axis y;
    private double legend = MARGIN;

    private LineChart(Axis x, Axis y) {
        this.x = x;
        this.y = y;
    }

    record Point(double x, double y) {}

    /**
     * One line.
     *
     * @param dots whether each point is a measurement of its own
     */
    record Line(String label, List<Point> points, boolean dots) {}

    /**
     * One axis.
     *
     * @param logarithmic in powers of ten; the values are above 0
     */
    record Axis(String label, double from, double to, boolean logarithmic) {
        /** From 0 to a little more than the largest value. */
        static Axis fromZero(String label, DoubleStream values) {
            return new Axis(label, 0, values.max().orElse(1) * 1.1, false);
        }

        /** Whole powers of ten around the values. */
        static Axis powers(String label, DoubleStream values) {
            DoubleSummaryStatistics all = values.summaryStatistics();
            double from = Math.pow(10, Math.floor(Math.log10(all.getMin() * 1.05)));
            double to = Math.pow(10, Math.ceil(Math.log10(all.getMax() * 0.95)));
            return new Axis(label, from, Math.max(10 * from, to), true);
        }

        /** The place of a value, from 0 to 1. */
        double place(double value) {
            return logarithmic
                    ? (Math.log10(value) - Math.log10(from)) / (Math.log10(to) - Math.log10(from))
                    : (value - from) / (to - from);
        }

        /** Round values, a few of them. */
        List<Double> ticks() {
            List<Double> ticks = new ArrayList<>();
            if (logarithmic) {
                for (double tick = Math.pow(10, Math.ceil(Math.log10(from) - 1e-9)); tick <= to * 1.001; tick *= 10) {
                    ticks.add(tick);
                }
                return ticks;
            }
            double step = step(to - from);
            for (int i = 0; from + i * step <= to * 1.001; i++) {
                ticks.add(from + i * step);
            }
            return ticks;
        }

        /** 1, 2 or 5 times a power of ten. */
        private static double step(double span) {
            double least = span / MOST_TICKS;
            double power = Math.pow(10, Math.floor(Math.log10(least)));
            double times = least / power;
            return power * (times <= 1 ? 1 : times <= 2 ? 2 : times <= 5 ? 5 : 10);
        }
    }

    static String draw(String title, Axis x, Axis y, List<Line> lines) {
        LineChart chart = new LineChart(x, y);
        chart.svg.title(title);
        chart.axes();
        for (int i = 0; i < lines.size(); i++) {
            chart.line(lines.get(i), i);
        }
        return chart.svg.toString();
    }

    private double across(double value) {
        return LEFT + x.place(value) * (WIDTH - LEFT - RIGHT);
    }

    private double down(double value) {
        return HEIGHT - BOTTOM - y.place(value) * (HEIGHT - TOP - BOTTOM);
    }

    private void axes() {
        for (double tick : y.ticks()) {
            svg.line(LEFT, down(tick), WIDTH - RIGHT, down(tick), tick == y.from ? Palette.AXIS : Palette.GRID);
            svg.text(LEFT - 8, down(tick) + 4, Svg.Anchor.END, round(tick));
        }
        for (double tick : x.ticks()) {
            svg.line(across(tick), HEIGHT - BOTTOM, across(tick), HEIGHT - BOTTOM + 5, Palette.AXIS);
            svg.text(across(tick), HEIGHT - BOTTOM + 20, Svg.Anchor.MIDDLE, round(tick));
        }
        svg.text(LEFT + (WIDTH - LEFT - RIGHT) / 2, HEIGHT - 14, Svg.Anchor.MIDDLE, x.label);
        svg.text(MARGIN, TOP - 16, Svg.Anchor.START, y.label);
    }

    private void line(Line line, int number) {
        String colour = Palette.line(number);
        svg.path(
                line.points.stream()
                        .map(point -> String.format(Locale.ROOT, "%.1f,%.1f", across(point.x), down(point.y)))
                        .collect(Collectors.joining(" ")),
                colour);
        if (line.dots) {
            line.points.forEach(point -> svg.dot(across(point.x), down(point.y), colour));
        }
        svg.box(legend, 40, 12, 12, colour);
        svg.text(legend + 18, 51, Svg.Anchor.START, line.label);
        legend += BETWEEN + CHARACTER * line.label.length();
    }

    private static String round(double value) {
        return String.format(Locale.ROOT, value == Math.rint(value) ? "%,.0f" : "%,.2f", value);
    }
}
