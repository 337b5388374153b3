package dev.sluice.ingest;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Imports of files.
 *
 * @param root the folder from which {@code file:} URLs may be read; without it, none may
 */
@ConfigurationProperties("sluice.import")
record ImportSettings(@Nullable Path root) {}
