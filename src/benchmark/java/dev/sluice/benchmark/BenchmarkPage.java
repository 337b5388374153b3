package dev.sluice.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;

/** Where a run of the benchmark leaves its figures: always below {@code target}, and in {@code docs/benchmark.md} if that is asked for. */
public final class BenchmarkPage {
    private static final Path PAGE = Path.of("docs", "benchmark.md");
    private static final Path CHARTS = Path.of("docs", "benchmark");
    private static final String END = "<!-- end of figures -->";

    private BenchmarkPage() {}

    static void leave(Report report, Path folder) {
        write(folder.resolve("rounds.csv"), report.csv());
        StringBuilder text = new StringBuilder();
        report.sections()
                .forEach((key, section) -> text.append("\n## ")
                        .append(key)
                        .append("\n\n")
                        .append(section)
                        .append(images(report, key, "")));
        write(folder.resolve("report.md"), text.toString());
        draw(report, folder);
    }

    /** Replaces the figures of the sections that took part; the others stay. */
    static void publish(Report report) {
        try {
            String page = Files.readString(PAGE);
            for (Map.Entry<String, String> section : report.sections().entrySet()) {
                String key = section.getKey();
                page = fill(page, key, section.getValue() + images(report, key, CHARTS.getFileName() + "/"));
            }
            write(PAGE, page);
            draw(report, CHARTS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The charts of a section. */
    private static String images(Report report, String section, String folder) {
        return Charts.of(report).keySet().stream()
                .filter(name -> Charts.sectionOf(name).equals(section))
                .map(name -> "\n![" + name + "](" + folder + name + ")\n")
                .collect(Collectors.joining());
    }

    /** Puts figures between the two marks of a section. */
    public static String fill(String page, String section, String figures) {
        String begin = "<!-- figures: " + section + " -->\n";
        int from = page.indexOf(begin);
        int to = page.indexOf(END, from);
        if (from < 0 || to < 0) {
            throw new BenchmarkException("The page has no place for the figures of " + section);
        }
        return page.substring(0, from + begin.length()) + figures + page.substring(to);
    }

    private static void draw(Report report, Path folder) {
        Charts.of(report).forEach((name, chart) -> write(folder.resolve(name), chart));
    }

    private static void write(Path file, String text) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
