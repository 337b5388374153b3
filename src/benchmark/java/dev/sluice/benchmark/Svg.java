package dev.sluice.benchmark;

import java.util.Locale;

/** A drawing, put together shape by shape; lengths are pixels, y grows downwards. */
final class Svg {
    private static final String FONT = "font-family=\"system-ui, Segoe UI, Helvetica, Arial, sans-serif\"";

    private final StringBuilder shapes = new StringBuilder();
    private final double width;
    private final double height;

    Svg(double width, double height) {
        this.width = width;
        this.height = height;
        box(0, 0, width, height, "#ffffff");
    }

    /** How a text lies at its point. */
    enum Anchor {
        START,
        MIDDLE,
        END
    }

    void box(double x, double y, double wide, double high, String colour) {
        add("<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>%n", x, y, wide, high, colour);
    }

    void line(double x1, double y1, double x2, double y2, String colour) {
        add("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"/>%n", x1, y1, x2, y2, colour);
    }

    void dot(double x, double y, String colour) {
        add("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" fill=\"%s\"/>%n", x, y, colour);
    }

    /** A line through points, given as {@code x,y} and separated by spaces. */
    void path(String points, String colour) {
        add("<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>%n", points, colour);
    }

    void text(double x, double y, Anchor anchor, String text) {
        text(x, y, anchor, 13, "#333333", text);
    }

    void title(String text) {
        text(16, 26, Anchor.START, 16, "#111111", text);
    }

    private void text(double x, double y, Anchor anchor, int size, String colour, String text) {
        add(
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" font-size=\"%d\" fill=\"%s\" %s>%s</text>%n",
                x,
                y,
                anchor.name().toLowerCase(Locale.ROOT),
                size,
                colour,
                FONT,
                text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"));
    }

    @Override
    public String toString() {
        return String.format(
                        Locale.ROOT,
                        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\">\n",
                        width,
                        height,
                        width,
                        height)
                + shapes + "</svg>\n";
    }

    private void add(String format, Object... arguments) {
        shapes.append(String.format(Locale.ROOT, format.replace("%n", "\n"), arguments));
    }
}
