/**
 * The types of FHIR that all features share: resource types and keys, instants, problems, and the JSON configuration.
 * It knows no other package of Sluice, no web framework and no database. Start reading at {@link
 * dev.sluice.fhir.FhirException}.
 */
@NullMarked
package dev.sluice.fhir;

import org.jspecify.annotations.NullMarked;
