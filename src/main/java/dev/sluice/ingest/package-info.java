/**
 * Receives resources, singly and in Bundles, and converts them to lines that the store keeps byte for byte, with their
 * compartments and index entries. It does not depend on exports, and writes to the database only through {@link
 * dev.sluice.store.RowWriter}. Start reading at {@link dev.sluice.ingest.ResourceWriter}.
 */
@NullMarked
package dev.sluice.ingest;

import org.jspecify.annotations.NullMarked;
