package dev.sluice.planner;

import java.util.List;

/**
 * The parameters of {@code $export}. This is the only list of them: the parser takes the names from here, and the
 * OperationDefinitions and the table in {@code docs/bulk-data.md} are generated from it.
 *
 * @see <a href="https://hl7.org/fhir/uv/bulkdata/export.html#query-parameters">Bulk Data IG, query parameters</a>
 */
public enum ExportParameter {
    OUTPUT_FORMAT(
            "_outputFormat",
            "string",
            "1",
            "application/fhir+ndjson, or application/vnd.apache.parquet for tables, or a short form of it; or delta for"
                    + " versions of tables of Delta Lake."),
    SINCE("_since", "instant", "1", "Only resources that changed after this time."),
    UNTIL(List.of("_until", "_till"), "instant", "1", Use.ANY_LEVEL, "The state at this time; _till is the same."),
    TYPE("_type", "string", "*", "The resource types to export; without it, all."),
    TYPE_FILTER(
            List.of("_typeFilter", "_typefilter"),
            "string",
            "*",
            Use.ANY_LEVEL,
            "FHIR searches, each for one type; several are OR."),
    ELEMENTS("_elements", "string", "*", "Root elements to keep, with a type (Patient.name) or without."),
    INCLUDE_ASSOCIATED_DATA(
            "includeAssociatedData",
            "code",
            "*",
            "LatestProvenanceResources or RelevantProvenanceResources; at system level also _history and _deleted."),
    INCLUDE_REFERENCED("_includeReferenced", "code", "*", "Types of which to bring what exported resources refer to."),
    INCLUDE_REFERENCED_DEPTH(
            "_includeReferencedDepth",
            "integer",
            "1",
            "How many references may lead to such a resource: 1 to " + AssociatedData.DEEPEST + "."),
    ORGANIZE_OUTPUT_BY(
            "organizeOutputBy",
            "string",
            "1",
            "A resource type: files hold a block for each of its resources, with what refers to it."),
    CONTAINER("_container", "string", "1", "The storage container for the files."),
    ANONYMIZATION_CONFIG(
            "_anonymizationConfig",
            "string",
            "1",
            "De-identify with this rule file of the container anonymization, or with a shipped one, as preset:safe-harbor."),
    ANONYMIZATION_CONFIG_ETAG("_anonymizationConfigEtag", "string", "1", "The ETag that the rule file must have."),
    ALLOW_PARTIAL_MANIFESTS(
            "allowPartialManifests",
            "boolean",
            "1",
            "true: the manifest comes in pages, the first ones while the export runs."),
    QUASI_IDENTIFIERS(
            "_quasiIdentifiers",
            "code",
            "*",
            "Values of Patient, such as birthYear,gender,zip3: a line of the error file counts the patients that share them."),
    K_ANONYMITY(
            "_kAnonymity",
            "integer",
            "1",
            "How many patients must share the values of _quasiIdentifiers: at least 2; without it, "
                    + KAnonymity.Question.DEFAULT_K + "."),
    PATIENT(
            List.of("patient"),
            "Reference",
            "*",
            Use.PATIENT_AND_GROUP_LEVEL,
            "The only patients to export; in the body of a POST."),
    MAX_COUNT(List.of("_maxCount"), "integer", "1", Use.WITHOUT_EFFECT, "Has no effect: files are split by size."),
    IS_PARALLEL(
            List.of("_isParallel"), "boolean", "1", Use.WITHOUT_EFFECT, "Has no effect: exports are always parallel.");

    /** Where a parameter is allowed. */
    public enum Use {
        ANY_LEVEL,
        PATIENT_AND_GROUP_LEVEL,
        /** Clients of Azure's server send it. It is checked and has no effect. */
        WITHOUT_EFFECT
    }

    @SuppressWarnings("ImmutableEnumChecker") // List.of makes each list.
    private final List<String> names;

    private final String type;
    private final String max;
    private final Use use;
    private final String documentation;

    ExportParameter(String name, String type, String max, String documentation) {
        this(List.of(name), type, max, Use.ANY_LEVEL, documentation);
    }

    /** The first name is the documented one. */
    ExportParameter(List<String> names, String type, String max, Use use, String documentation) {
        this.names = names;
        this.type = type;
        this.max = max;
        this.use = use;
        this.documentation = documentation;
    }

    /** The documented name, and then its aliases. */
    public List<String> names() {
        return names;
    }

    /** The code of the parameter's FHIR type. */
    public String type() {
        return type;
    }

    /** How often the parameter may be given, as an OperationDefinition writes it. */
    public String max() {
        return max;
    }

    public Use use() {
        return use;
    }

    public String documentation() {
        return documentation;
    }

    /** The documented name. */
    @Override
    public String toString() {
        return names.get(0);
    }
}
