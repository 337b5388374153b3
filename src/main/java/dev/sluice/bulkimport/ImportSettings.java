package dev.sluice.bulkimport;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of imports.
 *
 * @param root the folder from which {@code file:} URLs may be read; null = none
 * @param meta whether number and time of a version are kept; null = they are kept in imports of files, and not in a body
 * @param maxBadLines with more bad lines than this, a body or a file is given up
 */
@ConfigurationProperties("sluice.import")
record ImportSettings(
        @Nullable String root,
        @Nullable ImportMeta meta,
        @DefaultValue("10000") int maxBadLines) {
    /** The folder. Spring itself would take "/", and whatever else is on the class path, for a resource there. */
    @Nullable
    Path folder() {
        return root == null ? null : Path.of(root);
    }
}
