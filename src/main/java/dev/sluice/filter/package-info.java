/**
 * Parses {@code _typeFilter} queries and tests resources with them, on JSON trees and by paths that are compiled once
 * from the R4 definitions. It also projects resources to {@code _elements}. Start reading at {@link
 * dev.sluice.filter.TypeFilterParser} or {@link dev.sluice.filter.ResourceFilter}.
 */
@NullMarked
package dev.sluice.filter;

import org.jspecify.annotations.NullMarked;
