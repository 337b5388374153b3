package dev.sluice.deid;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.fhir.ResourceType;
import dev.sluice.r4.ElementModel;
import dev.sluice.r4.IdentifyingElements;
import dev.sluice.r4.IdentifyingElements.Kind;
import dev.sluice.rulepath.Automaton;
import dev.sluice.rulepath.ElementWalk;
import dev.sluice.rulepath.PathState;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each preset covers each element of R4 that can hold one of the 18 identifiers of HIPAA. */
class PresetCoverageTest {
    @ParameterizedTest
    @EnumSource(names = {"SAFE_HARBOR", "KEEP_STRUCTURE"})
    void coversEachIdentifyingElementOfEachType(Preset preset) {
        RuleCoverage coverage = RuleCoverage.of(RuleFile.parse(preset.file()), ResourceType.all())
                .orElseThrow();

        assertThat(coverage.gaps()).isEmpty();
        assertThat(coverage.idle()).isEmpty();
    }

    @Test
    void limitedDataSetCoversAllButDates() {
        RuleCoverage coverage = RuleCoverage.of(RuleFile.parse(Preset.LIMITED_DATA_SET.file()), ResourceType.all())
                .orElseThrow();

        assertThat(coverage.gaps()).isNotEmpty().allMatch(gap -> gap.kind() == Kind.DATE);
        assertThat(coverage.idle()).isEmpty();
    }

    /** What a rule covers, it may still keep. These are all such elements. */
    @Test
    void keepsNothingElse() {
        assertThat(kept(Preset.SAFE_HARBOR)).isEmpty();
        assertThat(kept(Preset.LIMITED_DATA_SET))
                .isEqualTo(Map.of(
                        Kind.PLACE,
                        Set.of("Address.city", "Address.postalCode"),
                        Kind.DATE,
                        Set.of("Meta.lastUpdated")));
        assertThat(kept(Preset.KEEP_STRUCTURE))
                .isEqualTo(Map.of(Kind.NUMBER, Set.of("Identifier.system"), Kind.ID, Set.of("Meta.versionId")));
    }

    private static Map<Kind, Set<String>> kept(Preset preset) {
        Map<Kind, Set<String>> kept = new EnumMap<>(Kind.class);
        List<Rule> rules = RuleFile.parse(preset.file()).rules();
        Automaton automaton = new Automaton(rules.stream().map(Rule::path).toList());
        for (ResourceType type : ResourceType.all()) {
            ElementWalk.of(automaton, type, new ElementWalk.Visitor() {
                @Override
                public void element(String path, String element, ElementModel type, int rank) {
                    Kind kind = type.kind() == ElementModel.Kind.PRIMITIVE
                            ? IdentifyingElements.of(path, element, type.name())
                            : null;
                    if (kind != null
                            && rank != PathState.NONE
                            && rules.get(automaton.path(rank)).method() == Method.KEEP) {
                        kept.computeIfAbsent(kind, k -> new TreeSet<>()).add(element);
                    }
                }

                @Override
                public void decides(int rank) {}
            });
        }
        return kept;
    }
}
