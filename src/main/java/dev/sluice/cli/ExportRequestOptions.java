package dev.sluice.cli;

import dev.sluice.bulkclient.BulkRequest;
import dev.sluice.bulkclient.BulkRequest.Parameter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What to export: the level, and the parameters of the operation. */
final class ExportRequestOptions {
    @Parameters(
            arity = "0..1",
            paramLabel = "<level>",
            description = "'system', 'Patient' or 'Group/<id>'; 'system' by default.")
    private String level = "system";

    @Option(names = "--type", paramLabel = "<types>", description = "The types to export, separated by commas.")
    private List<String> types = List.of();

    @Option(names = "--since", paramLabel = "<time>", description = "Only what changed after this time.")
    private @Nullable String since;

    @Option(names = "--until", paramLabel = "<time>", description = "The state at this time.")
    private @Nullable String until;

    @Option(
            names = "--type-filter",
            paramLabel = "<query>",
            description = "A search such as 'Observation?status=final'; several times for more.")
    private List<String> filters = List.of();

    @Option(names = "--elements", paramLabel = "<elements>", description = "Only these elements of resources.")
    private @Nullable String elements;

    @Option(names = "--patient", paramLabel = "<id>", description = "Only this patient; several times for more.")
    private List<String> patients = List.of();

    @Option(
            names = "--param",
            paramLabel = "<name>=<value>",
            description = "Any other parameter, such as --param=_container=lake; several times for more.")
    private List<String> others = List.of();

    @Option(names = "--partial", description = "Download files while the server makes the others, if it can do that.")
    private boolean partial;

    @Option(names = "--lenient", description = "The server may ignore parameters that it does not know.")
    private boolean lenient;

    @Option(names = "--post", description = "Send the parameters in a body, as long ones are anyway.")
    private boolean post;

    /** The request, without {@code _since}. */
    BulkRequest request() {
        List<Parameter> parameters = new ArrayList<>();
        add(parameters, BulkRequest.TYPE, types.isEmpty() ? null : String.join(",", types));
        add(parameters, BulkRequest.UNTIL, until);
        filters.forEach(filter -> add(parameters, BulkRequest.TYPE_FILTER, filter));
        add(parameters, BulkRequest.ELEMENTS, elements);
        patients.forEach(id -> add(parameters, BulkRequest.PATIENT, id.startsWith("Patient/") ? id : "Patient/" + id));
        for (String other : others) {
            int equals = other.indexOf('=');
            if (equals < 1) {
                throw new CliException("'" + other + "' is not <name>=<value>, such as _type=Patient.");
            }
            add(parameters, other.substring(0, equals), other.substring(equals + 1));
        }
        add(parameters, BulkRequest.PARTIAL_MANIFESTS, partial ? "true" : null);
        return new BulkRequest(path(), List.copyOf(parameters), lenient, post);
    }

    /** The time of the first export of a chain, or of the only one. */
    @Nullable
    String since() {
        return since;
    }

    private String path() {
        if (level.equals("system")) {
            return "$export";
        }
        if (level.equals("Patient") || level.matches("Group/[A-Za-z0-9.-]{1,64}")) {
            return level + "/$export";
        }
        throw new CliException("'" + level + "' is none of system, Patient and Group/<id>.");
    }

    private static void add(List<Parameter> parameters, String name, @Nullable String value) {
        if (value != null) {
            parameters.add(new Parameter(name, value));
        }
    }
}
