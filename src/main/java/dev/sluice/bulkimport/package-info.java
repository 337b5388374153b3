/**
 * {@code $import}: loads NDJSON, from a request or from files as a job. Start reading at {@link
 * dev.sluice.bulkimport.NdjsonLoader}.
 */
@NullMarked
package dev.sluice.bulkimport;

import org.jspecify.annotations.NullMarked;
