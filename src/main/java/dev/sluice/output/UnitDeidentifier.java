package dev.sluice.output;

import dev.sluice.deid.Deidentifier;
import dev.sluice.deid.RuleCounts;
import dev.sluice.fhir.ResourceType;
import dev.sluice.json.JsonOutput;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** De-identifies the resources of one unit, and counts what each rule changes. For use by one thread. */
final class UnitDeidentifier {
    private final Deidentifier deidentifier;
    private final RuleCounts counts = new RuleCounts();

    UnitDeidentifier(Deidentifier deidentifier) {
        this.deidentifier = deidentifier;
    }

    /** Gives the form of a resource that is written to a receiver. */
    void apply(byte[] buffer, int offset, int length, JsonOutput.Receiver receiver) {
        deidentifier.apply(buffer, offset, length, counts, receiver);
    }

    /** The id that a resource has in the output; null if the rules remove it. */
    @Nullable
    String id(ResourceType type, String id) {
        return deidentifier.id(type, id);
    }

    /** How often each rule changed an element, by the number of the rule. */
    Map<Integer, Long> counts() {
        return counts.byRule();
    }
}
