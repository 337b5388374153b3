/**
 * Processes JSON and NDJSON as bytes: scanning, rewriting, lines, UTF-8, gzip, and memory limits for large resources.
 * It does not depend on types of FHIR resources.
 */
@NullMarked
package dev.sluice.json;

import org.jspecify.annotations.NullMarked;
