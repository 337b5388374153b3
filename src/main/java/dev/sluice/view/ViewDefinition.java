package dev.sluice.view;

import dev.sluice.fhir.ResourceType;
import dev.sluice.r4.OwnBases;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A checked ViewDefinition: how rows are made of the resources of one type. Immutable.
 *
 * @see <a href="https://sql-on-fhir.org/ig/StructureDefinition-ViewDefinition.html">ViewDefinition</a>
 */
public final class ViewDefinition {
    private final @Nullable String name;
    private final ResourceType resource;
    private final List<Selection> selects;
    private final List<PathExpression> where;
    private final List<ViewColumn> columns;
    private final List<ViewFault> warnings;

    private ViewDefinition(ParsedView parsed, List<ViewColumn> columns, List<ViewFault> warnings) {
        this.name = parsed.name();
        this.resource = parsed.resource();
        this.selects = parsed.selects();
        this.where = parsed.where();
        this.columns = List.copyOf(columns);
        this.warnings = List.copyOf(warnings);
    }

    /**
     * A view as it was parsed.
     *
     * @param name null if it has none
     */
    record ParsedView(
            @Nullable String name, ResourceType resource, List<Selection> selects, List<PathExpression> where) {}

    /**
     * Reads a view.
     *
     * @throws InvalidViewException with all that is wrong
     */
    public static ViewDefinition of(ObjectNode json) {
        FaultList faults = new FaultList();
        ParsedView parsed = new ViewParser(faults).parse(json);
        faults.throwIfAny();
        ViewCompiler compiler = ViewCompiler.compiled(parsed, faults);
        faults.throwIfAny();
        return new ViewDefinition(parsed, compiler.columns(), faults.warnings());
    }

    /** Its computer-friendly name; null if it has none. */
    public @Nullable String name() {
        return name;
    }

    /** The type of the resources that it makes rows of. */
    public ResourceType resource() {
        return resource;
    }

    /** The columns of its rows, in their order. */
    public List<ViewColumn> columns() {
        return columns;
    }

    /** What is valid and hardly meant, such as a path with a name that is no element. */
    public List<ViewFault> warnings() {
        return warnings;
    }

    /**
     * Makes it ready for use by one thread.
     *
     * @param bases base URLs that mean this server in references
     */
    public CompiledView compile(OwnBases bases) {
        FaultList faults = new FaultList();
        ViewCompiler compiler = ViewCompiler.compiled(new ParsedView(name, resource, selects, where), faults);
        faults.throwIfAny();
        return new CompiledView(this, compiler.rows(), compiler.where(), compiler.slots(), bases);
    }
}
