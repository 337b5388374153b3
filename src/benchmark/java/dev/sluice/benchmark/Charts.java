package dev.sluice.benchmark;

import dev.sluice.benchmark.Scenario.Group;
import java.awt.Color;
import java.text.NumberFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jfree.chart.ChartFactory;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.AxisLocation;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.labels.ItemLabelAnchor;
import org.jfree.chart.labels.ItemLabelPosition;
import org.jfree.chart.labels.StandardCategoryItemLabelGenerator;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.category.StackedBarRenderer;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.ui.TextAnchor;
import org.jfree.data.Range;
import org.jfree.data.category.DefaultCategoryDataset;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/** The charts of a report as SVG, by the names of their files. */
final class Charts {
    private static final String MEMORY = "memory.svg";
    private static final String SLUICE = "Sluice";
    private static final String BOUND = "the bound: without Sluice";
    private static final Color GREY = new Color(0xb0b0b0);

    private Charts() {}

    /** The part of the page that a chart belongs to. */
    static String sectionOf(String name) {
        return name.equals(MEMORY) ? GrowthBenchmark.NAME : name.replace(".svg", "");
    }

    static Map<String, String> of(Report report) {
        Map<String, String> charts = new LinkedHashMap<>();
        for (Group group : List.of(Group.EXPORTS, Group.STORAGE, Group.IMPORT)) {
            DefaultCategoryDataset rates = rates(report, group);
            if (rates.getColumnCount() > 0) {
                charts.put(group.key() + ".svg", bars(group.title, rates));
            }
        }
        if (!report.growth().isEmpty()) {
            charts.put(GrowthBenchmark.NAME + ".svg", growth(report.growth()));
            charts.put(MEMORY, memory(report.growth()));
        }
        return charts;
    }

    private static DefaultCategoryDataset rates(Report report, Group group) {
        DefaultCategoryDataset rates = new DefaultCategoryDataset();
        report.measured().forEach((scenario, series) -> {
            if (scenario.group() == group) {
                rates.addValue(
                        series.median(Measurement::resourcesPerSecond),
                        scenario.isBound() ? BOUND : SLUICE,
                        scenario.title().replace("`", ""));
            }
        });
        return rates;
    }

    private static String bars(String title, DefaultCategoryDataset rates) {
        JFreeChart chart = ChartFactory.createStackedBarChart(
                title, null, "resources/s", rates, PlotOrientation.HORIZONTAL, true, false, false);
        CategoryPlot plot = chart.getCategoryPlot();
        StackedBarRenderer renderer = (StackedBarRenderer) plot.getRenderer();
        SvgCharts.keepColours(renderer);
        for (int i = 0; i < rates.getRowCount(); i++) {
            renderer.setSeriesPaint(i, rates.getRowKey(i).equals(SLUICE) ? SvgCharts.COLOURS.get(0) : GREY);
        }
        renderer.setDefaultItemLabelGenerator(new StandardCategoryItemLabelGenerator("{2}", wholeNumbers()));
        renderer.setDefaultItemLabelsVisible(true);
        renderer.setDefaultPositiveItemLabelPosition(
                new ItemLabelPosition(ItemLabelAnchor.OUTSIDE3, TextAnchor.CENTER_LEFT));
        plot.getDomainAxis().setMaximumCategoryLabelWidthRatio(0.5f);
        plot.setRangeAxisLocation(AxisLocation.BOTTOM_OR_LEFT);
        plot.getRangeAxis().setUpperMargin(0.15);
        ((NumberAxis) plot.getRangeAxis()).setNumberFormatOverride(wholeNumbers());
        return SvgCharts.svg(chart, 950, 110 + 28 * rates.getColumnCount());
    }

    private static String growth(List<GrowthBenchmark.Step> steps) {
        XYSeriesCollection lines = new XYSeriesCollection();
        lines.addSeries(line("export", steps, step -> step.export().median(Measurement::secondsPerResource)));
        lines.addSeries(line("import", steps, step -> step.load().secondsPerResource()));
        lines.addSeries(line("COPY to a file", steps, step -> step.copy().median(Measurement::secondsPerResource)));
        return lines(
                "Time for each resource as the data grows, -Xmx" + GrowthBenchmark.HEAP,
                logarithmic("resources", lines.getDomainBounds(false)),
                logarithmic("µs a resource", lines.getRangeBounds(false)),
                lines,
                true);
    }

    private static XYSeries line(
            String label, List<GrowthBenchmark.Step> steps, ToDoubleFunction<GrowthBenchmark.Step> seconds) {
        XYSeries line = new XYSeries(label);
        steps.forEach(step -> line.add((double) step.resources(), 1e6 * seconds.applyAsDouble(step)));
        return line;
    }

    private static String memory(List<GrowthBenchmark.Step> steps) {
        XYSeriesCollection lines = new XYSeriesCollection();
        for (GrowthBenchmark.Step step : steps) {
            XYSeries line = new XYSeries(Format.whole((double) step.resources()) + " resources");
            step.memory().forEach(sample -> line.add(sample.percent(), sample.bytes() / 1e6));
            lines.addSeries(line);
        }
        return lines(
                "Memory of the server during an export, -Xmx" + GrowthBenchmark.HEAP,
                new NumberAxis("part of the export's time, %"),
                new NumberAxis("resident memory, MB"),
                lines,
                false);
    }

    /** Whole powers of ten around the values. */
    private static ValueAxis logarithmic(String label, Range values) {
        LogAxis axis = new LogAxis(label);
        double from = Math.floor(Math.log10(values.getLowerBound()));
        double to = Math.max(from + 1, Math.ceil(Math.log10(values.getUpperBound())));
        axis.setRange(Math.pow(10, from), Math.pow(10, to));
        axis.setTickUnit(new NumberTickUnit(1));
        axis.setNumberFormatOverride(NumberFormat.getInstance(Locale.ROOT));
        return axis;
    }

    private static String lines(String title, ValueAxis x, ValueAxis y, XYSeriesCollection lines, boolean dots) {
        XYLineAndShapeRenderer renderer = SvgCharts.lines(lines.getSeriesCount(), 0, dots);
        return SvgCharts.svg(new JFreeChart(title, new XYPlot(lines, x, y, renderer)), 720, 420);
    }

    private static NumberFormat wholeNumbers() {
        return NumberFormat.getIntegerInstance(Locale.ROOT);
    }
}
