/**
 * Starts Sluice, a FHIR R4 Bulk Data server. It contains the entry point, the settings and the configuration of beans;
 * each feature has its own package below. Start reading at {@link dev.sluice.SluiceApplication}.
 */
@NullMarked
package dev.sluice;

import org.jspecify.annotations.NullMarked;
