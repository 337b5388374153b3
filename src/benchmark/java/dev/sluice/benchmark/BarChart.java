package dev.sluice.benchmark;

import java.util.List;

/** Horizontal bars with their values, one below the other. */
final class BarChart {
    private static final double LABELS = 400;
    private static final double BARS = 380;
    private static final double VALUES = 170;
    private static final double ROW = 26;
    private static final double TOP = 64;

    private BarChart() {}

    /**
     * One bar.
     *
     * @param bound whether it is a thing to compare with, and not Sluice
     */
    record Bar(String label, double value, boolean bound) {}

    static String draw(String title, String unit, List<Bar> bars) {
        Svg svg = new Svg(LABELS + BARS + VALUES, TOP + bars.size() * ROW + 20);
        svg.title(title);
        legend(svg);
        double most = bars.stream().mapToDouble(Bar::value).max().orElse(1);
        double y = TOP;
        for (Bar bar : bars) {
            double length = BARS * bar.value / most;
            svg.text(LABELS - 10, y + 17, Svg.Anchor.END, bar.label);
            svg.box(LABELS, y + 4, length, ROW - 8, bar.bound ? Palette.BOUND : Palette.SLUICE);
            svg.text(LABELS + length + 8, y + 17, Svg.Anchor.START, Text.whole(bar.value) + " " + unit);
            y += ROW;
        }
        svg.line(LABELS, TOP, LABELS, y, Palette.AXIS);
        return svg.toString();
    }

    private static void legend(Svg svg) {
        svg.box(LABELS, 42, 12, 12, Palette.SLUICE);
        svg.text(LABELS + 18, 53, Svg.Anchor.START, "Sluice");
        svg.box(LABELS + 80, 42, 12, 12, Palette.BOUND);
        svg.text(LABELS + 98, 53, Svg.Anchor.START, "the bound: without Sluice");
    }
}
