/**
 * Limits the resources that units use: bytes per second, connections to the database, and time while requests are slow.
 */
@NullMarked
package dev.sluice.throttle;

import org.jspecify.annotations.NullMarked;
