/**
 * JSON and NDJSON as bytes: scanning, rewriting, lines, UTF-8, gzip, and the memory for large ones. It knows no resource.
 */
@NullMarked
package dev.sluice.json;

import org.jspecify.annotations.NullMarked;
