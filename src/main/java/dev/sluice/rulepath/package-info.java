/**
 * The paths of rules: which elements of a resource they select, found out while the resource is read once. Start reading at
 * {@link dev.sluice.rulepath.RulePath} or {@link dev.sluice.rulepath.Automaton}.
 */
@NullMarked
package dev.sluice.rulepath;

import org.jspecify.annotations.NullMarked;
