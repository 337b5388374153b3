/**
 * Compares resources in little memory: an index of keys, and a table of the resources of two exports with the differences
 * between them. It does not know where the resources come from. Start reading at {@link
 * dev.sluice.comparison.ResourceTable}.
 */
@NullMarked
package dev.sluice.comparison;

import org.jspecify.annotations.NullMarked;
