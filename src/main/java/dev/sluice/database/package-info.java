/** Manages the database: the embedded server, connections, startup, requirements, clock, and schema migration. */
@NullMarked
package dev.sluice.database;

import org.jspecify.annotations.NullMarked;
