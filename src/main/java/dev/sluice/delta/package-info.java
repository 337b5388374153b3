/**
 * Tables of Delta Lake: exports commit to them, by the log of their container and the log of each table. Start reading at
 * {@link dev.sluice.delta.DeltaTables}.
 */
@NullMarked
package dev.sluice.delta;

import org.jspecify.annotations.NullMarked;
