package dev.sluice.plan;

import dev.sluice.fhir.ResourceType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The views that an export applies, and how their rows are written.
 *
 * @param format of the files
 * @param header whether each file of CSV begins with the names of the columns
 * @param trackingId what the client calls the export; null = nothing
 * @param views each with another name
 */
public record ViewOutput(
        Format format, boolean header, @Nullable String trackingId, List<PlannedView> views) {
    public ViewOutput {
        views = List.copyOf(views);
    }

    /** The form of the files. */
    public enum Format {
        NDJSON("ndjson", "ndjson", "application/x-ndjson"),
        CSV("csv", "csv", "text/csv;charset=utf-8"),
        PARQUET("parquet", "parquet", "application/vnd.apache.parquet"),
        /** Files of Parquet, as versions of the tables of Delta Lake in a container. */
        DELTA("delta", "parquet", "application/vnd.apache.parquet");

        private final String code;
        private final String extension;
        private final String mediaType;

        Format(String code, String extension, String mediaType) {
            this.code = code;
            this.extension = extension;
            this.mediaType = mediaType;
        }

        /** Its name in requests. */
        public String code() {
            return code;
        }

        /** The end of the names of its files, without the point. */
        public String extension() {
            return extension;
        }

        /** The type of a file. */
        public String mediaType() {
            return mediaType;
        }

        /** Whether files are tables, which have their own compression. */
        public boolean isTable() {
            return this == PARQUET || this == DELTA;
        }
    }

    /**
     * One view.
     *
     * @param name a letter, and letters, digits and {@code _} after it; the names of its files begin with it, and its table
     *     of Delta Lake has it
     * @param type of the resources that it makes rows of
     * @param definition the ViewDefinition as JSON
     */
    public record PlannedView(String name, ResourceType type, String definition) {}

    /** The types of the views, each once. */
    public List<ResourceType> types() {
        return views.stream().map(PlannedView::type).distinct().toList();
    }

    /** The views of a type. */
    public List<PlannedView> of(ResourceType type) {
        return views.stream().filter(view -> view.type().equals(type)).toList();
    }

    /** The view with a name. */
    public PlannedView view(String name) {
        return views.stream()
                .filter(view -> view.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("The plan has no view " + name + "."));
    }

    /** Whether a view is the first one of its type. The rows of the type are counted when they are read for it. */
    public boolean isFirst(String name) {
        return of(view(name).type()).get(0).name().equals(name);
    }
}
