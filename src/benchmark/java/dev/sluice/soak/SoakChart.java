package dev.sluice.soak;

import dev.sluice.benchmark.SvgCharts;
import java.util.List;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.plot.CombinedDomainXYPlot;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/** The samples over the time, as SVG. */
final class SoakChart {
    private SoakChart() {}

    static String of(List<Sample> samples) {
        CombinedDomainXYPlot plots = new CombinedDomainXYPlot(new NumberAxis("minutes"));
        plots.setGap(14);
        plots.add(plot("MB", samples, 0, Measure.RESIDENT, Measure.LIVE_HEAP), 3);
        plots.add(plot("number", samples, 2, Measure.THREADS, Measure.FILES, Measure.SOCKETS, Measure.CONNECTIONS), 3);
        plots.add(plot("ms", samples, 6, Measure.LIVENESS), 2);
        JFreeChart chart = new JFreeChart("A server with -Xmx256m under mixed load", plots);
        return SvgCharts.svg(chart, 820, 640);
    }

    private static XYPlot plot(String label, List<Sample> samples, int firstColour, Measure... measures) {
        XYSeriesCollection lines = new XYSeriesCollection();
        for (Measure measure : measures) {
            XYSeries line = new XYSeries(measure.title());
            samples.stream()
                    .filter(sample -> !Double.isNaN(sample.value(measure)))
                    .forEach(sample -> line.add(round(sample.minute()), sample.value(measure)));
            lines.addSeries(line);
        }
        XYLineAndShapeRenderer renderer = SvgCharts.lines(lines.getSeriesCount(), firstColour, false);
        renderer.setDrawSeriesLineAsPath(true);
        NumberAxis axis = new NumberAxis(label);
        axis.setAutoRangeIncludesZero(true);
        return new XYPlot(lines, null, axis, renderer);
    }

    private static double round(double minute) {
        return Math.round(100 * minute) / 100.0;
    }
}
