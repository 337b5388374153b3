/**
 * Which patients' compartments a resource belongs to, which identifiers find it, and whether a {@code _typeFilter}
 * selects it: all read from JSON trees, by paths that are compiled once from the R4 definitions in HAPI. It knows
 * {@code dev.sluice.fhir} but neither rows, files nor HTTP, asks others about other resources, and no HAPI object ever
 * stands for a resource. Start reading at {@link dev.sluice.search.TypeFilterParser}, {@link
 * dev.sluice.search.FilterUnion} or {@link dev.sluice.search.PatientCompartment}.
 */
@NullMarked
package dev.sluice.search;

import org.jspecify.annotations.NullMarked;
