/**
 * The durable job engine: a job is planned into units, the units run on any process, and the last one finishes the job.
 * It knows neither FHIR nor files: what a job asks for and what a unit made is text that only its {@link
 * dev.sluice.job.JobHandler} reads. Start reading at {@link dev.sluice.job.Jobs}.
 */
@NullMarked
package dev.sluice.job;

import org.jspecify.annotations.NullMarked;
