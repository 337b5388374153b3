package dev.sluice.benchmark;

import dev.sluice.benchmark.BarChart.Bar;
import dev.sluice.benchmark.LineChart.Axis;
import dev.sluice.benchmark.LineChart.Line;
import dev.sluice.benchmark.LineChart.Point;
import dev.sluice.benchmark.Scenario.Group;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/** The drawings of a report, by the names of their files. */
final class Plots {
    private static final String MEMORY = "memory.svg";

    private Plots() {}

    /** The part of the page that a drawing belongs to. */
    static String sectionOf(String name) {
        return name.equals(MEMORY) ? Growth.NAME : name.replace(".svg", "");
    }

    static Map<String, String> of(Report report) {
        Map<String, String> plots = new LinkedHashMap<>();
        for (Group group : List.of(Group.EXPORTS, Group.STORAGE, Group.IMPORT)) {
            List<Bar> bars = bars(report, group);
            if (!bars.isEmpty()) {
                plots.put(group.key() + ".svg", BarChart.draw(group.title, "resources/s", bars));
            }
        }
        if (!report.growth().isEmpty()) {
            plots.put(Growth.NAME + ".svg", growth(report.growth()));
            plots.put(MEMORY, memory(report.growth()));
        }
        return plots;
    }

    private static List<Bar> bars(Report report, Group group) {
        List<Bar> bars = new ArrayList<>();
        report.measured().forEach((scenario, series) -> {
            if (scenario.group() == group) {
                bars.add(new Bar(
                        scenario.title().replace("`", ""),
                        series.median(Measurement::resourcesPerSecond),
                        scenario.isBound()));
            }
        });
        return bars;
    }

    private static String growth(List<Growth.Step> steps) {
        List<Line> lines = List.of(
                line("export", steps, step -> step.export().median(Measurement::secondsPerResource)),
                line("import", steps, step -> step.load().secondsPerResource()),
                line("COPY to a file", steps, step -> step.copy().median(Measurement::secondsPerResource)));
        return LineChart.draw(
                "Time for each resource as the data grows, -Xmx" + Growth.HEAP,
                Axis.powers("resources", steps.stream().mapToDouble(Growth.Step::resources)),
                Axis.powers("µs a resource", heights(lines)),
                lines);
    }

    private static Line line(String label, List<Growth.Step> steps, ToDoubleFunction<Growth.Step> seconds) {
        return new Line(
                label,
                steps.stream()
                        .map(step -> new Point(step.resources(), 1e6 * seconds.applyAsDouble(step)))
                        .toList(),
                true);
    }

    private static String memory(List<Growth.Step> steps) {
        List<Line> lines = steps.stream()
                .map(step -> new Line(
                        Text.whole((double) step.resources()) + " resources",
                        step.memory().stream()
                                .filter(point -> !Double.isNaN(point.y()))
                                .map(point -> new Point(point.x(), point.y() / 1e6))
                                .toList(),
                        false))
                .toList();
        return LineChart.draw(
                "Memory of the server during an export, -Xmx" + Growth.HEAP,
                new Axis("part of the export's time, %", 0, 100, false),
                Axis.fromZero("resident memory, MB", heights(lines)),
                lines);
    }

    private static DoubleStream heights(List<Line> lines) {
        return lines.stream().flatMap(line -> line.points().stream()).mapToDouble(Point::y);
    }
}
