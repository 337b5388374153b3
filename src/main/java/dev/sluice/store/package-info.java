/**
 * Keeps every version of every resource as a row of PostgreSQL, and reads them as of one closed moment. Knows nothing of
 * JSON, HTTP, jobs or files: a body is bytes. Start reading at {@link dev.sluice.store.RowWriter} for the way in and at
 * {@link dev.sluice.store.RowQuery} for the way out.
 */
@NullMarked
package dev.sluice.store;

import org.jspecify.annotations.NullMarked;
