package dev.sluice;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Holds Sluice to {@link ArchitectureRule}. */
class ArchitectureTest {
    /** Packages that the rules are ready for; without an entry here, a package that vanishes turns the test red. */
    private static final Set<String> NOT_WRITTEN_YET = Set.of();

    private static final Code SLUICE = Code.ofSluice();
    private static final Code TESTS = Code.ofTests();

    @ParameterizedTest
    @EnumSource
    void holds(ArchitectureRule rule) {
        assertThat(rule.violations(SLUICE)).as(rule.toString()).isEmpty();
    }

    /** A rule about a package without classes holds by accident, so each package has to be there. */
    @Test
    void everyPackageOfTheTableExists() {
        Set<String> expected = new TreeSet<>(PackageTable.MAY_KNOW.keySet());
        expected.removeAll(NOT_WRITTEN_YET);

        assertThat(SLUICE.classes().stream().map(PackageTable::featureOf).collect(toSet()))
                .containsAll(expected);
    }

    @ParameterizedTest
    @EnumSource(names = {"FILES_ARE_SHORT", "TESTS_THAT_START_SOMETHING_ARE_TAGGED"})
    void holdsForTestsToo(ArchitectureRule rule) {
        assertThat(rule.violations(TESTS)).as(rule.toString()).isEmpty();
    }
}
