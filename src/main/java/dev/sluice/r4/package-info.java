/**
 * The definitions of R4: search parameters as compiled paths, the Patient compartment, elements, references, and the
 * hashes by which codes and identifiers are indexed. Start reading at {@link dev.sluice.r4.SearchParameters}.
 */
@NullMarked
package dev.sluice.r4;

import org.jspecify.annotations.NullMarked;
