/**
 * Read replicas: standbys of the database from which units read their rows, if they show the state that the plan was made
 * of.
 */
@NullMarked
package dev.sluice.replica;

import org.jspecify.annotations.NullMarked;
