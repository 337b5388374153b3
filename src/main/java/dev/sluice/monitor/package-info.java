/**
 * How jobs stand, for people, programs and metrics: search, progress, waiting reasons, events. It reads what the job
 * engine records and changes nothing.
 */
@NullMarked
package dev.sluice.monitor;

import org.jspecify.annotations.NullMarked;
