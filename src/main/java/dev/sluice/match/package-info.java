/**
 * Compares the values of search parameters with the elements of a resource. Start reading at {@link
 * dev.sluice.match.ValueMatch}.
 */
@NullMarked
package dev.sluice.match;

import org.jspecify.annotations.NullMarked;
