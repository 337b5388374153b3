package dev.sluice.benchmark;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Dimension;
import java.awt.Font;
import java.awt.geom.Rectangle2D;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.batik.dom.GenericDOMImplementation;
import org.apache.batik.svggen.SVGGraphics2D;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.StandardChartTheme;
import org.jfree.chart.renderer.AbstractRenderer;
import org.jfree.chart.renderer.category.StandardBarPainter;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.ui.RectangleInsets;

/** How all charts look, and how they become SVG. */
public final class SvgCharts {
    /** Colours that people with any eyesight tell apart. */
    static final List<Color> COLOURS = List.of(
            new Color(0x0072b2),
            new Color(0xd55e00),
            new Color(0x009e73),
            new Color(0xcc79a7),
            new Color(0xe69f00),
            new Color(0x56b4e9),
            new Color(0x555555));

    private SvgCharts() {}

    /** A renderer of lines, the first of which has the colour of this number. */
    public static XYLineAndShapeRenderer lines(int count, int firstColour, boolean dots) {
        XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(true, dots);
        keepColours(renderer);
        for (int i = 0; i < count; i++) {
            renderer.setSeriesPaint(i, COLOURS.get((firstColour + i) % COLOURS.size()));
            renderer.setSeriesStroke(i, new BasicStroke(2));
        }
        return renderer;
    }

    /** The theme leaves those that are given one by one. */
    static void keepColours(AbstractRenderer renderer) {
        renderer.setAutoPopulateSeriesPaint(false);
        renderer.setAutoPopulateSeriesStroke(false);
    }

    /** The SVG of a chart. */
    public static String svg(JFreeChart chart, int width, int height) {
        theme().apply(chart);
        chart.setPadding(new RectangleInsets(8, 8, 8, 32));
        SVGGraphics2D graphics = new SVGGraphics2D(
                GenericDOMImplementation.getDOMImplementation().createDocument(null, "svg", null));
        graphics.setSVGCanvasSize(new Dimension(width, height));
        chart.draw(graphics, new Rectangle2D.Double(0, 0, width, height));
        try (StringWriter text = new StringWriter()) {
            graphics.stream(text, true);
            return text.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static StandardChartTheme theme() {
        StandardChartTheme theme = new StandardChartTheme("plain");
        theme.setExtraLargeFont(new Font(Font.SANS_SERIF, Font.PLAIN, 16));
        theme.setLargeFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
        theme.setRegularFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
        theme.setSmallFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
        theme.setPlotBackgroundPaint(Color.WHITE);
        theme.setDomainGridlinePaint(new Color(0xe6e6e6));
        theme.setRangeGridlinePaint(new Color(0xe6e6e6));
        theme.setBarPainter(new StandardBarPainter());
        theme.setShadowVisible(false);
        return theme;
    }
}
