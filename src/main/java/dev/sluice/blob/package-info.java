/**
 * Where finished files go: a folder or Azure Blob Storage behind one contract, with writers whose memory is constant and
 * whose files become visible by one commit. It knows no other package of Sluice, and nobody else knows the Azure SDK.
 * Start reading at {@link dev.sluice.blob.BlobStore}, then {@code BlockWriter}.
 */
@NullMarked
package dev.sluice.blob;

import org.jspecify.annotations.NullMarked;
