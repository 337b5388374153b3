package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Breaks every architecture rule at least once: a rule that nobody has seen fail may be no rule at all. */
class ArchitectureSeedsTest {
    private static final Path SEEDS = Path.of("src/test/resources/architecture-seeds.txt");
    private static final String ALLOWED = "ALLOWED";

    private static List<Seed> seeds;
    private static SeededCode code;
    private static Code allowed;

    /** A small program, and the rule that it breaks. */
    private record Seed(String rule, List<String> files) {
        static Seed parse(String line) {
            String[] parts = line.split(" \\| ", 2);
            return new Seed(
                    parts[0],
                    Stream.of(parts[1].split(" /// ")).map(SeededCode::file).toList());
        }

        @Override
        public String toString() {
            return rule + ": " + String.join(" ", files).replaceAll("\\s+", " ");
        }
    }

    @BeforeAll
    static void compileAllSeeds(@TempDir Path folder) throws IOException {
        seeds = Files.readAllLines(SEEDS).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(Seed::parse)
                .toList();
        List<String> files = new ArrayList<>(
                seeds.stream().flatMap(seed -> seed.files().stream()).toList());
        files.addAll(pairs().flatMap(pair -> pair.files()).distinct().toList());
        code = SeededCode.compile(folder, files);
        allowed = code.of(seeds.stream()
                .filter(seed -> seed.rule().equals(ALLOWED))
                .flatMap(seed -> seed.files().stream())
                .toList());
    }

    static List<Seed> faults() {
        return seeds.stream().filter(seed -> !seed.rule().equals(ALLOWED)).toList();
    }

    @ParameterizedTest
    @MethodSource("faults")
    void faultTurnsItsRuleRed(Seed fault) {
        ArchitectureRule rule = ArchitectureRule.valueOf(fault.rule());

        assertThat(rule.violations(code.of(fault.files()))).as(fault.toString()).isNotEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void ruleHasAFault(ArchitectureRule rule) {
        assertThat(faults()).extracting(Seed::rule).contains(rule.name());
    }

    @ParameterizedTest
    @EnumSource
    void ruleLeavesAllowedCodeAlone(ArchitectureRule rule) {
        assertThat(rule.violations(allowed)).as(rule.toString()).isEmpty();
    }

    @Test
    void everyPairOutsideTheTableIsRedAndNoOtherIs() {
        Code everyPair = code.of(pairs().flatMap(Pair::files).distinct().toList());
        List<String> red = ArchitectureRule.PACKAGES_KEEP_TO_THE_TABLE.violations(everyPair);

        assertThat(pairs().filter(pair -> red.stream().anyMatch(pair::isNamedIn)))
                .containsExactlyElementsOf(
                        pairs().filter(pair -> !pair.isAllowed()).toList());
    }

    /** One package that uses a type of another; the root package has no name. */
    private record Pair(String from, String to) {
        Stream<String> files() {
            String used = to.isEmpty() ? "dev.sluice.Used" : "dev.sluice." + to + ".Used";
            return Stream.of(from + ": class " + user() + " { " + used + " it; }", to + ": public class Used {}")
                    .map(SeededCode::file);
        }

        private String user() {
            return "User" + from + "Of" + to;
        }

        boolean isNamedIn(String violation) {
            return violation.contains("." + user() + ".");
        }

        boolean isAllowed() {
            return from.isEmpty()
                    || PackageTable.MAY_KNOW.getOrDefault(from, Set.of()).contains(to);
        }
    }

    private static Stream<Pair> pairs() {
        Collection<String> features = new LinkedHashSet<>(PackageTable.MAY_KNOW.keySet());
        features.add("");
        return features.stream()
                .flatMap(
                        from -> features.stream().filter(to -> !to.equals(from)).map(to -> new Pair(from, to)));
    }
}
