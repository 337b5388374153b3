package dev.sluice.deid;

import dev.sluice.rulepath.RulePath;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One rule of a file.
 *
 * @param number its place in the file, from 1
 * @param settings what the method needs beside the keys
 */
record Rule(int number, RulePath path, Method method, Settings settings) {
    /** Its name in files and logs, which have no value of a resource. */
    String title() {
        return "rule " + number + (path.hasValues() ? "" : ", path '" + path.text() + "'");
    }

    /** What the method of a rule needs, as the file gives it. */
    sealed interface Settings {}

    /** Of methods that need nothing. */
    record NoSettings() implements Settings {}

    /** @param value of {@code replaceWith}; null for a JSON null */
    record Replacement(@Nullable JsonNode value) implements Settings {}

    record Perturbing(Perturbation perturbation) implements Settings {}

    /**
     * For {@code generalize}.
     *
     * @param cases the first whose condition holds gives the value
     * @param keepOthers whether a value is kept if no condition holds
     */
    record Cases(List<Case> cases, boolean keepOthers) implements Settings {}

    /** A condition and a value, both in FHIRPath about {@code $this}. */
    record Case(String condition, String value) {}

    /** Of a {@code cryptoHash} that is cut, {@code truncateToMaxLength}. */
    record HashLength(int digits) implements Settings {}

    /** Of {@code pseudonymize}: in which a value has one pseudonym. */
    record Domain(String name) implements Settings {}
}
