/**
 * The database as a service: the embedded server, connections, waiting for it, its requirements, its clock, and the migration
 * of its schema.
 */
@NullMarked
package dev.sluice.database;

import org.jspecify.annotations.NullMarked;
