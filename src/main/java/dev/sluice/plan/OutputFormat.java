package dev.sluice.plan;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What the files of an export hold. */
public enum OutputFormat {
    /** Lines of JSON. */
    NDJSON("ndjson", "application/fhir+ndjson", "application/ndjson", "ndjson"),
    /** Tables with a row for each resource. */
    PARQUET("parquet", "application/vnd.apache.parquet", "parquet"),
    /** The same tables as versions of the tables of Delta Lake in a container. */
    DELTA("parquet", "delta");

    private final String extension;

    @SuppressWarnings("ImmutableEnumChecker") // List.of makes each list.
    private final List<String> names;

    OutputFormat(String extension, String... names) {
        this.extension = extension;
        this.names = List.of(names);
    }

    /** The format that a client names; empty if there is no such format. */
    public static Optional<OutputFormat> of(String name) {
        String sent = name.replace(' ', '+'); // a plus sign that was not percent-encoded arrives as a space
        return Arrays.stream(values())
                .filter(format -> format.names.contains(sent))
                .findFirst();
    }

    /** The names of all formats, for people. */
    public static String allNames() {
        return Arrays.stream(values()).flatMap(format -> format.names.stream()).collect(Collectors.joining(", "));
    }

    /** The name that a manifest gives it. */
    public String mimeType() {
        return names.get(0);
    }

    /** The end of the names of its files, without the point. */
    public String extension() {
        return extension;
    }

    /** Whether files hold rows of a table. */
    public boolean isTable() {
        return this != NDJSON;
    }
}
