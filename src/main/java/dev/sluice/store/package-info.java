/**
 * Stores every version of every resource as a row in PostgreSQL, and reads rows as of a closed timestamp. It does not
 * parse JSON and does not depend on HTTP or files: a body is an array of bytes. Start reading at {@link
 * dev.sluice.store.RowWriter} for writes and at {@link dev.sluice.store.RowQuery} for reads.
 */
@NullMarked
package dev.sluice.store;

import org.jspecify.annotations.NullMarked;
