package dev.sluice.store;

import dev.sluice.fhir.ResourceKey;
import java.time.Instant;

/**
 * One version of a resource, read back.
 *
 * @param key which resource
 * @param versionId what {@code meta.versionId} says
 * @param lastUpdated the time that {@code meta.lastUpdated} says
 * @param deleted whether this version says that the resource is gone; its body is then empty
 * @param body the NDJSON line without its newline
 */
public record StoredVersion(ResourceKey key, int versionId, Instant lastUpdated, boolean deleted, byte[] body) {}
