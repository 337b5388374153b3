/**
 * Stores files in a folder or in Azure Blob Storage, behind one interface. Writers use constant memory, and one commit
 * makes a file visible. No other package depends on the Azure SDK. Start
 * reading at {@link dev.sluice.blob.BlobStore}, then {@code BlockWriter}.
 */
@NullMarked
package dev.sluice.blob;

import org.jspecify.annotations.NullMarked;
