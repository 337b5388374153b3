package dev.sluice;

import dev.sluice.blob.BlobException;
import dev.sluice.blob.BlobPath;
import dev.sluice.blob.BlobStore;
import dev.sluice.blob.BlobWriter;
import dev.sluice.blob.ContainerName;
import dev.sluice.blob.StorageOwnership;
import dev.sluice.blob.StoredBlob;
import dev.sluice.database.StoreIdentity;
import dev.sluice.fhir.FhirJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;

/**
 * Binds a database to its storage, so that neither a copy of the database nor a process with another database changes
 * files that belong to this one.
 *
 * <p>The storage contains a mark with the id of the store and a mark id. The database records every mark id that it has
 * created. Each process checks the mark at startup and every half minute, and replaces the mark id. At startup, a missing
 * mark or an unknown mark id ends the process. Later, an unknown mark id prevents it from writing and deleting. The proof
 * is in {@code docs/adr/0024-a-store-and-its-storage.md}.
 */
@Component
class StorageBinding {
    private static final Logger log = LoggerFactory.getLogger(StorageBinding.class);

    private final StoreIdentity store;
    private final BlobStore blobs;
    private final StorageOwnership ownership;
    private final BlobPath mark;

    /** The mark ids that this process wrote last: the last one, and the one before if the last write failed. */
    private final Deque<UUID> own = new ArrayDeque<>();

    StorageBinding(StoreIdentity store, BlobStore blobs, StorageOwnership ownership) {
        this.store = store;
        this.blobs = blobs;
        this.ownership = ownership;
        this.mark = BlobPath.of(ContainerName.STORE_MARKS, store.id() + ".json");
        bind();
    }

    /** The first check; if the storage cannot be read now, a later check reads it. */
    private void bind() {
        try {
            blobs.createContainer(ContainerName.STORE_MARKS);
            Optional<UUID> markId = read();
            if (!ownership.adopting()) {
                if (markId.isEmpty() && store.hasStorage()) {
                    throw new IllegalStateException(
                            "The files of this store are not in " + blobs.describe() + ": it has no "
                                    + mark
                                    + ". Give this process the storage of the others (sluice.storage.*). If the storage was"
                                    + " moved or lost, start once with --sluice.storage.adopt=true.");
                }
                if (markId.isPresent() && !store.made(markId.get())) {
                    throw new IllegalStateException(foreign() + " If this database replaces the other one, stop the"
                            + " processes of the other one and start once with --sluice.storage.adopt=true. If it is a copy"
                            + " for tests, give it another storage (sluice.storage.*).");
                }
            }
            write();
        } catch (BlobException e) {
            log.warn(
                    "The storage cannot be marked as this store's: {} Until it is, Sluice cannot see that another copy of"
                            + " its database uses it.",
                    e.getMessage());
        }
    }

    /** Checks whether the mark still belongs to this store, and renews it. */
    @Scheduled(initialDelay = 30, fixedDelay = 30, timeUnit = TimeUnit.SECONDS)
    void checkMark() {
        try {
            Optional<UUID> markId = read();
            if (markId.isPresent() && !isKnown(markId.get())) {
                ownership.refuse(
                        foreign() + " Nothing is written or deleted until one of the two has another storage.");
                log.error("{} This process writes and deletes nothing any more. Stop it, or the other one.", foreign());
            } else {
                ownership.confirm();
                write();
            }
        } catch (RuntimeException e) { // the storage or the database is unavailable
            log.debug("The mark in the storage cannot be looked at now: {}", e.getMessage());
        }
    }

    /** A standby that takes over may have lost the mark id that this process made last. Then it is recorded again. */
    private boolean isKnown(UUID markId) {
        if (!store.made(markId) && own.contains(markId)) {
            store.record(markId);
        }
        return store.made(markId);
    }

    private String foreign() {
        return "Another copy of this database uses the storage (" + blobs.describe() + ", " + mark
                + "), and has written to it since this copy was made.";
    }

    private Optional<UUID> read() {
        try (InputStream in = openMark()) {
            return in == null
                    ? Optional.empty()
                    : Optional.of(UUID.fromString(FhirJson.parseObject(in.readAllBytes())
                            .path("token")
                            .asString("")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (JacksonException | IllegalArgumentException damaged) {
            return Optional.of(new UUID(0, 0)); // an unknown mark id
        }
    }

    private @Nullable InputStream openMark() {
        try {
            StoredBlob blob = blobs.open(mark, 0, BlobStore.TO_THE_END);
            return blob.content();
        } catch (BlobException e) {
            if (e.reason() == BlobException.Reason.NOT_FOUND) {
                return null;
            }
            throw e;
        }
    }

    private void write() {
        UUID markId = store.newMarkId();
        own.addLast(markId);
        byte[] json =
                ("{\"store\":\"" + store.id() + "\",\"token\":\"" + markId + "\"}\n").getBytes(StandardCharsets.UTF_8);
        try (BlobWriter writer = blobs.create(mark, BlobStore.Encoding.IDENTITY)) {
            writer.write(json, 0, json.length);
            writer.commit();
        }
        own.removeIf(id -> !id.equals(markId));
        store.written(markId);
    }
}
