/**
 * Starts Sluice, a FHIR R4 Bulk Data server. Holds nothing but the entry point and the clock; every feature lives in a
 * package of its own below. Start reading at {@link dev.sluice.SluiceApplication}.
 */
@NullMarked
package dev.sluice;

import org.jspecify.annotations.NullMarked;
