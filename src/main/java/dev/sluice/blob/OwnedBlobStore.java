package dev.sluice.blob;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * Wraps a store and refuses to write or delete while this process does not own the storage. Reads are always allowed.
 */
final class OwnedBlobStore implements BlobStore {
    private final BlobStore store;
    private final StorageOwnership ownership;

    OwnedBlobStore(BlobStore store, StorageOwnership ownership) {
        this.store = store;
        this.ownership = ownership;
    }

    @Override
    public BlobWriter create(BlobPath path, Encoding encoding) {
        ownership.require();
        return store.create(path, encoding);
    }

    @Override
    public BlobBatch batch() {
        ownership.require();
        return store.batch();
    }

    @Override
    public boolean createContainer(String container) {
        ownership.require();
        return store.createContainer(container);
    }

    @Override
    public StoredBlob open(BlobPath path, long offset, long length) {
        return store.open(path, offset, length);
    }

    @Override
    public void delete(BlobPath path) {
        ownership.require();
        store.delete(path);
    }

    @Override
    public void deletePrefix(String container, String prefix) {
        ownership.require();
        store.deletePrefix(container, prefix);
    }

    @Override
    public void deleteContainer(String container) {
        ownership.require();
        store.deleteContainer(container);
    }

    @Override
    public void probe(String container) {
        ownership.require();
        store.probe(container);
    }

    @Override
    public URI uri(BlobPath path) {
        return store.uri(path);
    }

    @Override
    public URI signedUri(BlobPath path, Duration validity) {
        return store.signedUri(path, validity);
    }

    @Override
    public Optional<BlobPath> pathOf(URI url) {
        return store.pathOf(url);
    }

    @Override
    public String describe() {
        return store.describe();
    }

    @Override
    public void close() {
        store.close();
    }
}
