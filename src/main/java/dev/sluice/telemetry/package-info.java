/** What the server tells to monitoring systems: metrics, health and traces. */
@NullMarked
package dev.sluice.telemetry;

import org.jspecify.annotations.NullMarked;
