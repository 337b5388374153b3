package dev.sluice.benchmark;

import dev.sluice.benchmark.Scenario.Against;
import dev.sluice.benchmark.Scenario.Group;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The figures of a run as Markdown: one section for each group of scenarios that took part, and one for the growth.
 *
 * @param about machine, versions and data, line by line
 * @param notes what stands below the table of a group
 */
record Report(
        List<String> about,
        Map<Scenario, Series> measured,
        Map<Group, String> notes,
        List<GrowthBenchmark.Step> growth) {
    /** What goes to each part of the page, by its name. */
    Map<String, String> sections() {
        Map<String, String> sections = new LinkedHashMap<>();
        tables().forEach((name, table) -> {
            int lines = name.equals(GrowthBenchmark.NAME) ? MachineInfo.LINES : about.size();
            sections.put(name, origin(lines) + "\n" + table);
        });
        return sections;
    }

    /** The same without what is said of the run. */
    Map<String, String> tables() {
        Map<String, String> tables = new LinkedHashMap<>();
        for (Group group : Group.values()) {
            if (measured.keySet().stream().anyMatch(scenario -> scenario.group() == group)) {
                tables.put(group.key(), table(group) + note(group));
            }
        }
        if (!growth.isEmpty()) {
            tables.put(GrowthBenchmark.NAME, growthTable().toString());
        }
        return tables;
    }

    /** All measurements, one a line. */
    String csv() {
        StringBuilder text = new StringBuilder("scenario,round,seconds,resources,bytes,cpu,postgres_cpu,peak_bytes\n");
        measured.forEach((scenario, series) -> {
            int round = 0;
            for (Measurement one : series.all()) {
                text.append(String.format(
                        Locale.ROOT,
                        "%s,%d,%.4f,%d,%d,%.2f,%.2f,%.0f\n",
                        scenario.name(),
                        ++round,
                        one.seconds(),
                        one.resources(),
                        one.bytes(),
                        one.cpu(),
                        one.postgresCpu(),
                        one.peak()));
            }
        });
        return text.toString();
    }

    /** The first lines of what is said of the run. */
    private String origin(int lines) {
        return about.stream().limit(lines).map(line -> "- " + line + "\n").collect(Collectors.joining());
    }

    private String note(Group group) {
        String note = notes.getOrDefault(group, "");
        return note.isEmpty() ? "" : "\n" + note + "\n";
    }

    private MarkdownTable table(Group group) {
        MarkdownTable table = new MarkdownTable(
                group.title,
                "resources",
                "MB",
                "seconds",
                "least",
                "most",
                "resources/s",
                "MB/s",
                "CPU s",
                "PostgreSQL CPU s",
                "peak MB",
                "compared");
        measured.forEach((scenario, series) -> {
            if (scenario.group() == group) {
                table.row(
                        "`" + scenario.name() + "`: " + scenario.title(),
                        Format.whole(series.median(Measurement::resources)),
                        Format.megabytes(series.median(Measurement::bytes)),
                        Format.number(series.median(Measurement::seconds)),
                        Format.number(series.least(Measurement::seconds)),
                        Format.number(series.most(Measurement::seconds)),
                        Format.whole(series.median(Measurement::resourcesPerSecond)),
                        Format.number(series.median(Measurement::megabytesPerSecond)),
                        Format.number(series.median(Measurement::cpu)),
                        Format.number(series.median(Measurement::postgresCpu)),
                        Format.whole(series.median(Measurement::peak) / 1e6),
                        compared(scenario, series));
            }
        });
        return table;
    }

    private String compared(Scenario scenario, Series series) {
        return scenario.against().stream()
                .filter(against -> series(against.scenario()) != null)
                .map(against -> ratio(series, against))
                .collect(Collectors.joining("; "));
    }

    private String ratio(Series series, Against against) {
        Series other = Objects.requireNonNull(series(against.scenario()));
        double[] ratios = series.ratios(other, against.by());
        double ofMedians = series.median(against.by()::of) / other.median(against.by()::of);
        return String.format(
                Locale.ROOT,
                "**%s ×** %s of `%s` (%s to %s)",
                Format.number(ofMedians),
                against.by().words,
                against.scenario(),
                Format.number(Arrays.stream(ratios).min().orElse(Double.NaN)),
                Format.number(Arrays.stream(ratios).max().orElse(Double.NaN)));
    }

    private @Nullable Series series(String name) {
        return measured.entrySet().stream()
                .filter(entry -> entry.getKey().name().equals(name))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
    }

    private MarkdownTable growthTable() {
        MarkdownTable table = new MarkdownTable(
                "resources",
                "MB",
                "export s",
                "µs a resource",
                "CPU s",
                "COPY s",
                "µs a resource",
                "import s",
                "µs a resource",
                "peak MB, export",
                "peak MB, import",
                "compared");
        for (GrowthBenchmark.Step step : growth) {
            table.row(
                    Format.whole((double) step.resources()),
                    Format.megabytes((double) step.bytes()),
                    Format.number(step.export().median(Measurement::seconds)),
                    Format.number(1e6 * step.export().median(Measurement::secondsPerResource)),
                    Format.number(step.export().median(Measurement::cpu)),
                    Format.number(step.copy().median(Measurement::seconds)),
                    Format.number(1e6 * step.copy().median(Measurement::secondsPerResource)),
                    Format.number(step.load().seconds()),
                    Format.number(1e6 * step.load().secondsPerResource()),
                    Format.whole(step.exportPeak() / 1e6),
                    Format.whole(step.importPeak() / 1e6),
                    "**"
                            + Format.number(step.export().median(Measurement::seconds)
                                    / step.copy().median(Measurement::seconds))
                            + " ×** the time of COPY");
        }
        return table;
    }
}
