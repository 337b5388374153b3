/**
 * {@code $export}: from the kick-off to the manifest. A request becomes an {@link dev.sluice.planner.ExportRequest}, the
 * request a job, the job units of files, the rows of a unit NDJSON in a blob. It knows no HAPI and nobody knows it. Start
 * reading at {@link dev.sluice.export.ExportController}, go on at {@link dev.sluice.export.ExportHandler}.
 */
@NullMarked
package dev.sluice.export;

import org.jspecify.annotations.NullMarked;
