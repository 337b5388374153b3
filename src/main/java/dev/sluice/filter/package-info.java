/**
 * Which patients' compartments a resource belongs to, which identifiers find it, and whether a {@code _typeFilter}
 * selects it: all read from JSON trees, by paths that are compiled once from the R4 definitions in HAPI. It knows
 * {@code dev.sluice.fhir} but neither rows, files nor HTTP, asks others about other resources, and no HAPI object ever
 * stands for a resource. Start reading at {@link dev.sluice.filter.TypeFilterParser}, {@link
 * dev.sluice.filter.FilterUnion} or {@link dev.sluice.r4.PatientCompartment}.
 */
@NullMarked
package dev.sluice.filter;

import org.jspecify.annotations.NullMarked;
