package dev.sluice.ingest;

import dev.sluice.fhir.FhirInstant;
import dev.sluice.fhir.ResourceKey;
import dev.sluice.fhir.ResourceType;
import dev.sluice.r4.OwnBases;
import dev.sluice.r4.PatientCompartment;
import dev.sluice.r4.ReferenceExtractor;
import dev.sluice.r4.TokenIndex;
import dev.sluice.store.ResourceWrite;
import dev.sluice.store.RowWriter;
import dev.sluice.store.VersionCondition;
import dev.sluice.store.WritePremise;
import dev.sluice.store.WriteResult;
import dev.sluice.web.BaseUrl;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Writes resources to the store: converts a checked resource to its line, computes its compartments and index entries,
 * and writes a batch in one transaction. All data is written by this class.
 *
 * <p>The validation depends on the kind of request. Every resource must be JSON in UTF-8 of a known type under a valid
 * id ({@link ResourceJson}). A single resource or one in a Bundle must also have the structure that R4 defines for its
 * type ({@link StructureValidator}). A line of {@code $import} need not, unless a setting requires it, so that archives
 * can be imported unchanged. Safe for use by any number of threads.
 */
@Component
public class ResourceWriter {
    private final RowWriter writer;
    private final PatientCompartment compartment;
    private final TokenIndex index;
    private final StructureValidator structure;
    private final BaseUrl base;

    ResourceWriter(
            RowWriter writer,
            PatientCompartment compartment,
            TokenIndex index,
            StructureValidator structure,
            BaseUrl base) {
        this.writer = writer;
        this.compartment = compartment;
        this.index = index;
        this.structure = structure;
        this.base = base;
    }

    /**
     * Prepares a resource for the store under this id, which replaces the id in the text; a problem if that is impossible.
     *
     * @param bases of absolute references to this server
     */
    Prepared prepare(ResourceJson json, String id, OwnBases bases) {
        try {
            return prepared(json, id, bases);
        } catch (RuntimeException e) {
            throw UnexpectedFault.of(e);
        }
    }

    private Prepared prepared(ResourceJson json, String id, OwnBases bases) {
        ResourceLine line = json.line(id);
        PatientCompartment.Found patients = compartment.find(json.type(), id, json.tree(), bases);
        ResourceWrite.Content content = new ResourceWrite.Content(
                line,
                patients.ids(),
                index.of(json.type(), json.tree(), patients.elsewhere()),
                provenance(json, bases));
        return new Prepared(new ResourceKey(json.type(), id), content, line.size(), line.sharesBuffer());
    }

    /** The patients in whose compartments a resource is. */
    public List<String> patients(ResourceJson json, OwnBases bases) {
        return compartment
                .find(json.type(), json.key().id(), json.tree(), bases)
                .ids();
    }

    private ResourceWrite.@Nullable Provenance provenance(ResourceJson json, OwnBases bases) {
        if (!json.type().equals(ResourceType.PROVENANCE)) {
            return null;
        }
        Optional<FhirInstant.Span> recorded =
                FhirInstant.parse(json.tree().path("recorded").asString(""));
        return new ResourceWrite.Provenance(
                new ReferenceExtractor(bases).of(json.tree().path("target")),
                recorded.map(FhirInstant.Span::from).orElse(null));
    }

    /** Returns if a resource that came by itself or in a Bundle has the structure of R4; a 400 problem otherwise. */
    void check(ResourceJson json) {
        structure.check(json, true);
    }

    /** Checks and prepares a single resource, or one in a Bundle, with the base URLs of the current request. */
    Prepared prepareStrictly(ResourceJson json, String id) {
        check(json);
        return prepare(json, id, base.own());
    }

    /** Checks and prepares a line that is loaded. */
    public Prepared prepareLine(ResourceJson json, String id, OwnBases bases) {
        structure.check(json, false);
        return prepare(json, id, bases);
    }

    /** Makes these writes, all or none, and returns the result of each, in their order. */
    public List<WriteResult> write(List<ResourceWrite> writes) {
        return write(writes, WritePremise.NONE);
    }

    /** The same, if what they were decided on is still so; a 412 problem if a condition does not hold. */
    public List<WriteResult> write(List<ResourceWrite> writes, WritePremise premise) {
        try {
            return writer.write(writes, premise);
        } catch (VersionCondition.NotMetException refused) {
            throw VersionTag.problem(refused);
        }
    }

    /**
     * A resource that is ready to be written.
     *
     * @param size roughly its bytes
     * @param sharesBuffer whether it must be written before something else is read into the array that it was read into
     */
    public record Prepared(ResourceKey key, ResourceWrite.Content content, int size, boolean sharesBuffer) {}
}
