/**
 * Parses {@code _typeFilter} queries and tests resources with them, on JSON trees and by paths that are compiled once
 * from the R4 definitions. It also projects resources to {@code _elements}. Start reading at {@link
 * dev.sluice.filter.TypeFilterParser}, {@link dev.sluice.filter.ResourceFilter} or {@link
 * dev.sluice.r4.PatientCompartment}.
 */
@NullMarked
package dev.sluice.filter;

import org.jspecify.annotations.NullMarked;
