/**
 * The words of FHIR that every feature shares: resource types and keys, instants, problems, the one JSON set-up, and bytes
 * as they are received or stored. It knows no other package of Sluice, no web framework and no database. Start reading at {@link
 * dev.sluice.fhir.FhirProblem}.
 */
@NullMarked
package dev.sluice.fhir;

import org.jspecify.annotations.NullMarked;
