package dev.sluice.ingest;

import dev.sluice.fhir.FhirProblem;
import dev.sluice.fhir.ResourceKey;
import dev.sluice.fhir.ResourceType;
import dev.sluice.ingest.BundleResult.Done;
import dev.sluice.ingest.EntryTarget.Method;
import dev.sluice.search.Signature;
import dev.sluice.store.Draft;
import dev.sluice.store.RowReader;
import dev.sluice.store.StoredVersion;
import dev.sluice.store.WriteOutcome;
import dev.sluice.store.WriteOutcome.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Does the entries of a Bundle together: names every resource, leads the references between them to those names, writes
 * them all in one transaction or none of them, and reads what is to be read.
 *
 * @see <a href="https://hl7.org/fhir/R4/http.html#trules">transaction processing rules</a>
 */
@Component
class BundleTransaction {
    private static final long[] NO_IDENTIFIERS = {};

    private final ResourceIntake intake;
    private final RowReader rows;
    private final Identifiers identifiers;

    BundleTransaction(ResourceIntake intake, RowReader rows, Identifiers identifiers) {
        this.intake = intake;
        this.rows = rows;
        this.identifiers = identifiers;
    }

    /**
     * Does these entries, and says what became of each, in their order.
     *
     * @param represent whether to give back what was written
     * @throws FhirProblem if one of them cannot be done; nothing is written then
     */
    List<Done> run(List<BundleEntry> entries, boolean represent) {
        List<BundleStep> steps = names(entries);
        Set<ResourceKey> changed = changed(steps);
        ReferenceTargets references = new ReferenceTargets(steps, query -> matches(query, steps, changed));
        Map<ResourceKey, Draft> drafts = new LinkedHashMap<>();
        for (BundleStep step : steps) {
            if (step.changes()) {
                drafts.put(step.key(), step.entry().explaining(() -> draft(step, references)));
            }
        }
        requireReadable(steps, drafts);
        Map<ResourceKey, WriteOutcome> outcomes = new HashMap<>();
        intake.write(List.copyOf(drafts.values())).forEach(outcome -> outcomes.put(outcome.key(), outcome));
        return steps.stream()
                .map(step -> {
                    WriteOutcome outcome = outcomes.get(step.key());
                    return step.changes() && outcome != null
                            ? written(outcome, represent ? drafts.get(step.key()) : null)
                            : read(step, represent);
                })
                .toList();
    }

    private List<BundleStep> names(List<BundleEntry> entries) {
        Set<IdentifierQuery> conditions = new HashSet<>();
        List<BundleStep> steps = new ArrayList<>();
        for (BundleEntry entry : entries) {
            steps.add(entry.explaining(() -> name(entry, conditions)));
        }
        return steps;
    }

    private BundleStep name(BundleEntry entry, Set<IdentifierQuery> conditions) {
        EntryTarget target = EntryTarget.of(entry);
        if (!target.writes()) {
            return new BundleStep(entry, target, target.named(), null, NO_IDENTIFIERS);
        }
        ResourceJson json = target.json(entry.resource());
        long[] signature = Signature.of(json.type(), json.tree());
        if (target.method() == Method.PUT) {
            return new BundleStep(entry, target, target.named(), null, signature);
        }
        StoredVersion found = target.ifNoneExist() == null
                ? null
                : existing(IdentifierQuery.parse(target.type(), target.ifNoneExist()), conditions);
        ResourceKey key =
                found == null ? new ResourceKey(target.type(), UUID.randomUUID().toString()) : found.key();
        return new BundleStep(entry, target, key, found, signature);
    }

    private @Nullable StoredVersion existing(IdentifierQuery query, Set<IdentifierQuery> conditions) {
        if (!conditions.add(query)) {
            throw FhirProblem.invalid("Another entry has the same ifNoneExist, '" + query
                    + "'; one Bundle cannot create the same resource twice.");
        }
        return identifiers.atMostOne(query).orElse(null);
    }

    private static Set<ResourceKey> changed(List<BundleStep> steps) {
        Set<ResourceKey> changed = new HashSet<>();
        for (BundleStep step : steps) {
            if (step.changes() && !changed.add(step.key())) {
                throw FhirProblem.invalid("Bundle.entry[" + step.entry().index() + "]: another entry changes "
                        + step.key() + " too; one transaction can change a resource once.");
            }
        }
        return changed;
    }

    /** Of a resource that the Bundle changes, what it brings counts, and not what the store still has. */
    private List<ResourceKey> matches(IdentifierQuery query, List<BundleStep> steps, Set<ResourceKey> changed) {
        Stream<ResourceKey> brought =
                steps.stream().filter(step -> step.brings(query)).map(BundleStep::key);
        Stream<ResourceKey> stored =
                identifiers.find(query).stream().map(StoredVersion::key).filter(Predicate.not(changed::contains));
        return Stream.concat(brought, stored).toList();
    }

    private Draft draft(BundleStep step, ReferenceTargets references) {
        EntryTarget target = step.target();
        ResourceKey key = step.key();
        if (target.method() == Method.DELETE) {
            return new Draft(key, null, target.condition());
        }
        ResourceJson json = target.json(step.entry().resource());
        if (!json.type().equals(ResourceType.BUNDLE)) { // a stored Bundle refers to its own entries
            json = target.json(References.rewrite(json.bytes(), references::of));
        }
        Draft.Content content = intake.prepareStrictly(json, key.id()).content();
        return new Draft(key, content, target.condition());
    }

    private void requireReadable(List<BundleStep> steps, Map<ResourceKey, Draft> drafts) {
        for (BundleStep step : steps) {
            Draft draft = drafts.get(step.key());
            boolean there = draft == null ? current(step.key()).isPresent() : draft.content() != null;
            if (step.target().method() == Method.GET && !there) {
                throw FhirProblem.notFound(
                        "Bundle.entry[" + step.entry().index() + "]: " + step.key() + " is not there.");
            }
        }
    }

    private static Done written(WriteOutcome outcome, @Nullable Draft draft) {
        int status = outcome.kind() == Kind.CREATED
                ? 201
                : outcome.kind() == Kind.DELETED || outcome.kind() == Kind.ABSENT ? 204 : 200;
        byte[] resource = draft == null || draft.content() == null
                ? null
                : draft.content().line().stamp(outcome.versionId(), outcome.metaLastUpdated());
        return new Done(status, outcome.key(), outcome.versionId(), outcome.lastUpdated(), resource);
    }

    /** What a GET asks for as it is now, or what a conditional create has found. */
    private Done read(BundleStep step, boolean represent) {
        StoredVersion version = step.found() == null
                ? current(step.key()).orElseThrow(() -> FhirProblem.notFound(step.key() + " was just deleted."))
                : step.found();
        return new Done(
                200,
                version.key(),
                version.versionId(),
                version.lastUpdated(),
                step.found() == null || represent ? version.body() : null);
    }

    private Optional<StoredVersion> current(ResourceKey key) {
        return rows.current(key).filter(version -> !version.deleted());
    }
}
