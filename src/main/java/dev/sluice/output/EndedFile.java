package dev.sluice.output;

import dev.sluice.blob.WrittenBlob;
import dev.sluice.fhir.ResourceType;
import dev.sluice.lake.TableStatistics;
import dev.sluice.plan.PlannedFile;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A file whose lines are all written but may not all be stored yet. */
record EndedFile(
        PlannedFile file,
        boolean table,
        long lines,
        Supplier<WrittenBlob> written,
        @Nullable TableStatistics statistics) {
    private ExportedFile exported() {
        String type = switch (file.content()) {
            case RESOURCES -> file.type().name();
            case DELETIONS -> table ? file.type().name() : ResourceType.BUNDLE.name();
            case ORGANIZED -> null;
            case VIEW -> file.type().name();
        };
        return new ExportedFile(type, file.name(), lines, written.get(), file.continuesIn()).with(statistics);
    }

    /** Waits until all of them are stored. */
    static List<ExportedFile> exported(List<EndedFile> files) {
        return files.stream().map(EndedFile::exported).toList();
    }
}
