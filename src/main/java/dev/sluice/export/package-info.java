/**
 * The HTTP interface and the job handler of {@code $export}, from the kick-off to the manifest. A kick-off is parsed
 * into an {@link dev.sluice.planner.ExportRequest} and recorded as a job; the job is divided into units, and each unit
 * writes NDJSON files. No other package depends on this one. Start reading at {@link
 * dev.sluice.export.ExportController}, go on at {@link dev.sluice.export.ExportHandler}.
 */
@NullMarked
package dev.sluice.export;

import org.jspecify.annotations.NullMarked;
