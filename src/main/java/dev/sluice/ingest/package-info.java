/**
 * The way in: single resources, Bundles and NDJSON become lines that the store keeps byte for byte, with the
 * compartments and identifiers that they can be found by. It must not know how resources are exported, nor write to the
 * database but through {@link dev.sluice.store.RowWriter}. Start reading at {@link dev.sluice.ingest.ResourceWriter}.
 */
@NullMarked
package dev.sluice.ingest;

import org.jspecify.annotations.NullMarked;
