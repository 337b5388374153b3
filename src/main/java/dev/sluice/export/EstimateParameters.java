package dev.sluice.export;

import dev.sluice.audit.Act;
import dev.sluice.audit.Activity;
import dev.sluice.audit.Audit;
import dev.sluice.deid.RuleCoverage;
import dev.sluice.deid.RuleFile;
import dev.sluice.fhir.ConcurrencyLimit;
import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.ResourceType;
import dev.sluice.job.Jobs;
import dev.sluice.planner.ExportEstimator;
import dev.sluice.planner.ExportParameter;
import dev.sluice.planner.ExportRequest;
import dev.sluice.planner.KAnonymity;
import dev.sluice.planner.OutputLayout;
import jakarta.servlet.http.HttpServletRequest;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes an estimate as a {@code Parameters} resource. */
@Component
class EstimateParameters {
    /** How many estimates compare rules with types at a time; many rules take seconds of a processor. */
    private static final int COMPARED_AT_A_TIME = 1;

    private final Jobs jobs;
    private final OutputLayout layout;
    private final Audit audit;
    private final ConcurrencyLimit limit = new ConcurrencyLimit(COMPARED_AT_A_TIME, "the rules of other estimates");

    EstimateParameters(Jobs jobs, OutputLayout layout, Audit audit) {
        this.jobs = jobs;
        this.layout = layout;
        this.audit = audit;
    }

    /** Records that an estimate is given, which may tell of single patients. */
    void record(HttpServletRequest request, ExportRequest export) {
        audit.record(request, Act.of(Activity.ESTIMATE_GIVEN, "estimate").with(ExportContent.text(export)));
    }

    /** @param rules of a de-identified export; null = it is not de-identified */
    ObjectNode of(ExportRequest export, ExportEstimator.Estimate estimate, @Nullable RuleFile rules)
            throws InterruptedIOException {
        ObjectNode parameters = FhirJson.MAPPER.createObjectNode().put("resourceType", "Parameters");
        ArrayNode list = parameters.putArray("parameter");
        long rows = 0;
        long bytes = 0;
        long files = 0;
        for (ExportEstimator.OfType type : estimate.types()) {
            ArrayNode parts = list.addObject().put("name", "output").putArray("part");
            parts.addObject().put("name", "type").put("valueCode", type.type());
            sizes(parts, type.rows(), type.bytes(), files(type));
            parts.addObject().put("name", "exact").put("valueBoolean", type.exact());
            rows += type.rows();
            bytes += type.bytes();
            files += files(type);
        }
        ArrayNode total = list.addObject().put("name", "total").putArray("part");
        sizes(total, rows, bytes, files);
        OptionalDouble rate = jobs.bytesPerSecond(ExportHandler.KIND);
        if (rate.isPresent()) {
            total.addObject().put("name", "seconds").put("valueDecimal", Math.ceil(bytes / rate.getAsDouble()));
        }
        if (export.quasiIdentifiers() != null) {
            classes(list.addObject().put("name", "kAnonymity"), estimate.classes());
        }
        if (rules != null) {
            ArrayNode parts = list.addObject().put("name", "deidentification").putArray("part");
            deidentification(parts, rules);
            coverage(parts, rules, estimate.types());
        }
        return parameters;
    }

    private static void deidentification(ArrayNode parts, RuleFile rules) {
        parts.addObject().put("name", "rules").put("valueInteger", rules.size());
        for (int rule = 1; rule <= rules.size(); rule++) {
            if (rules.needsFhirPath(rule)) { // each resource of its types is parsed, which takes ten times as long
                parts.addObject()
                        .put("name", "slowRule")
                        .put("valueString", "Rule " + rule + ", path '" + rules.path(rule) + "'");
            }
        }
    }

    /** What the rules mean for the types that the export has. */
    private void coverage(ArrayNode parts, RuleFile rules, List<ExportEstimator.OfType> exported)
            throws InterruptedIOException {
        List<ResourceType> types =
                exported.stream().map(type -> ResourceType.of(type.type())).toList();
        limit.run(() -> RuleCoverage.of(rules, types))
                .ifPresentOrElse(
                        coverage -> coverage(parts, rules, coverage),
                        () -> parts.addObject()
                                .put("name", "coverage")
                                .put(
                                        "valueString",
                                        "There are too many rules and types to compare them; name fewer types in "
                                                + ExportParameter.TYPE + "."));
    }

    private static void coverage(ArrayNode parts, RuleFile rules, RuleCoverage coverage) {
        for (RuleCoverage.Idle idle : coverage.idle()) {
            String reason = idle.selectsNothing()
                    ? "selects nothing in these types"
                    : "has no effect, since earlier rules select the same elements";
            parts.addObject()
                    .put("name", "idleRule")
                    .put("valueString", "Rule " + idle.rule() + ", path '" + rules.path(idle.rule()) + "', " + reason);
        }
        for (RuleCoverage.Gap gap : coverage.gaps()) {
            parts.addObject()
                    .put("name", "uncovered")
                    .put(
                            "valueString",
                            gap.element() + ", " + gap.kind().text() + ", such as " + gap.example() + ", in "
                                    + String.join(", ", gap.types()));
        }
    }

    private static void classes(ObjectNode parameter, KAnonymity.@Nullable Classes classes) {
        if (classes == null) {
            parameter.put(
                    "valueString", "The count takes too long for an estimate. The error file of the export has it.");
            return;
        }
        ArrayNode parts = parameter.putArray("part");
        parts.addObject()
                .put("name", "k")
                .put("valueInteger", classes.question().k());
        classes.question()
                .identifiers()
                .forEach(one -> parts.addObject().put("name", "quasiIdentifier").put("valueCode", one.toString()));
        parts.addObject().put("name", "patients").put("valueDecimal", classes.patients());
        parts.addObject().put("name", "classes").put("valueDecimal", classes.classes());
        parts.addObject().put("name", "smallestClass").put("valueDecimal", classes.smallest());
        parts.addObject().put("name", "classesBelowK").put("valueDecimal", classes.smallClasses());
        parts.addObject().put("name", "patientsBelowK").put("valueDecimal", classes.atRisk());
    }

    private long files(ExportEstimator.OfType type) {
        return 1 + (type.bytes() - 1) / layout.fileSize();
    }

    /** Numbers may exceed FHIR's integer, which has 32 bits. */
    private static void sizes(ArrayNode parts, long rows, long bytes, long files) {
        parts.addObject().put("name", "count").put("valueDecimal", rows);
        parts.addObject().put("name", "bytes").put("valueDecimal", bytes);
        parts.addObject().put("name", "files").put("valueDecimal", files);
    }
}
