package dev.sluice.blob;

import static dev.sluice.blob.BlobContent.read;
import static dev.sluice.blob.BlobContent.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.blob.BlobException.Reason;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every store must do, whatever it keeps its blobs in. */
abstract class BlobStoreContract extends BlobBatchContract {
    @ParameterizedTest
    @CsvSource({
        "0, 4, 0123",
        "3, 2, 34",
        "8, 100, 89",
        "9, 1, 9",
        "10, 1, ''",
        "11, 5, ''",
        "4, 0, ''",
        "5, 9223372036854775807, 56789"
    })
    void rangeIsReadAlone(long offset, long length, String expected) throws Exception {
        write(store, path, "0123456789");

        try (StoredBlob blob = store.open(path, offset, length)) {
            assertThat(blob.content()).asString(StandardCharsets.UTF_8).isEqualTo(expected);
            assertThat(blob.totalLength()).isEqualTo(10);
            assertThat(blob.contentEncoding()).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"run-1/Patient-1.ndjson", "run-1", "run-1/Patient-1.ndjson/x", "Patient-1.ndjson"})
    void missingBlobIsNotFound(String key) {
        write(store, BlobPath.of(container, "run-1/Patient-2.ndjson"), "another");

        BlobException problem =
                catchThrowableOfType(BlobException.class, () -> read(store, BlobPath.of(container, key)));

        assertThat(problem.reason()).isEqualTo(Reason.NOT_FOUND);
        assertThat(problem).hasMessageContaining(key);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain.ndjson",
                "a/b/c/d.ndjson",
                "with space.ndjson",
                "100%25+1=2&x#y?z;.ndjson",
                "Übung/日本語.ndjson",
                ".hidden",
                "it's <one> \"two\" [3] {4}|^`~.ndjson",
                "%2e%2e/x"
            })
    void oddNamesComeBackAsTheyWere(String key) {
        BlobPath odd = BlobPath.of(container, key);

        write(store, odd, key);

        assertThat(read(store, odd)).asString(StandardCharsets.UTF_8).isEqualTo(key);
        assertThat(StoredBlobs.in(store, container)).containsExactly(odd);
        assertThat(store.uri(odd).toString()).matches("[\\x21-\\x7e]+");
        assertThat(store.pathOf(store.uri(odd))).contains(odd);
        store.delete(odd);
        assertThat(StoredBlobs.in(store, container)).isEmpty();
    }

    @Test
    void nothingIsDeletedIfTheCheckFails() {
        List<BlobPath> all = paths("run-1/Patient-1", "run-1/deep/Patient-2");
        all.forEach(each -> write(store, each, "x"));

        assertThatThrownBy(() -> store.deletePrefix(container, "run-1", () -> {
                    throw new IllegalStateException("lost");
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("lost");

        assertThat(StoredBlobs.in(store, container)).isEqualTo(all);
    }

    @Test
    void deletePrefixTakesAFolderAndNotItsSiblings() {
        List<BlobPath> siblings = paths("run-10/Patient-1", "run-2");
        siblings.forEach(each -> write(store, each, "x"));
        paths("run-1/Patient-1", "run-1/deep/Patient-2").forEach(each -> write(store, each, "x"));

        store.deletePrefix(container, "run-1");
        store.deletePrefix(container, "run-2"); // is a blob, not a folder
        store.deletePrefix("no-" + container.substring(8), "run-1");
        store.deletePrefix(container, "run");
        assertThatThrownBy(() -> store.deletePrefix(container, "../x")).isInstanceOf(IllegalArgumentException.class);

        assertThat(StoredBlobs.in(store, container)).isEqualTo(siblings);
        store.deletePrefix(container, "");
        assertThat(StoredBlobs.in(store, container)).isEmpty();
        assertThat(store.createContainer(container)).isFalse();
    }

    @Test
    void oneOfManyWritersCreatesABlob() {
        BlobPath log = BlobPath.of(container, "deep/_log/0.json");
        assertThat(store.exists(log)).isFalse();

        ExecutorService writers = Executors.newFixedThreadPool(8); // the common pool completes requests to the storage
        List<CompletableFuture<Boolean>> writes = IntStream.range(0, 8)
                .mapToObj(i -> CompletableFuture.supplyAsync(
                        () -> store.createIfAbsent(log, ("writer " + i).getBytes(StandardCharsets.UTF_8)), writers))
                .toList();
        List<Boolean> created = writes.stream().map(CompletableFuture::join).toList();
        writers.shutdown();

        assertThat(created).containsOnlyOnce(true);
        assertThat(read(store, log)).asString(StandardCharsets.UTF_8).isEqualTo("writer " + created.indexOf(true));
        assertThat(store.exists(log)).isTrue();
        assertThat(store.createIfAbsent(log, new byte[0])).isFalse();
        assertThat(store.exists(BlobPath.of(container, "deep"))).isFalse();
        assertThat(store.exists(BlobPath.of("no-" + container.substring(8), "x")))
                .isFalse();
        assertThat(StoredBlobs.in(store, container)).containsExactly(log);
        assertThatThrownBy(() -> store.createIfAbsent(BlobPath.of("no-" + container.substring(8), "x"), new byte[1]))
                .isInstanceOf(BlobException.class);
    }

    @Test
    void deletingWhatIsNotThereIsFine() {
        store.delete(path);
        store.delete(BlobPath.of("no-" + container.substring(8), "x"));
        store.deleteContainer("no-" + container.substring(8));
    }

    @Test
    void containerIsCreatedOnceAndDeletedWithAllItHolds() {
        assertThat(store.createContainer(container)).isFalse();
        write(store, path, "x");

        store.deleteContainer(container);

        assertThat(StoredBlobs.in(store, container)).isEmpty();
        assertThat(store.createContainer(container)).isTrue();
        assertThat(StoredBlobs.in(store, container)).isEmpty();
    }

    @Test
    void aStoreThatDoesNotOwnTheStorageReadsAndChangesNothing() throws Exception {
        write(store, path, "x");
        ownership.refuse("The storage belongs to another store.");

        for (ThrowingCallable change : List.<ThrowingCallable>of(
                () -> store.create(path, BlobStore.Encoding.IDENTITY),
                () -> store.batch().create(path, BlobStore.Encoding.IDENTITY),
                () -> store.createContainer(container),
                () -> store.createIfAbsent(path, new byte[1]),
                () -> store.delete(path),
                () -> store.deletePrefix(container, "run-1"),
                () -> store.deleteContainer(container),
                () -> store.probe(container))) {
            assertThatThrownBy(change).hasMessage("The storage belongs to another store.");
        }

        assertThat(new String(read(store, path), StandardCharsets.UTF_8)).isEqualTo("x");
        ownership.confirm();
    }

    @Test
    void probeLeavesNothing() {
        store.probe(container);

        assertThat(StoredBlobs.in(store, container)).isEmpty();
    }

    @Test
    void probeOfAMissingContainerNamesItAndDoesNotCreateIt() {
        String missing = "no-" + container.substring(8);

        assertThatThrownBy(() -> store.probe(missing))
                .isInstanceOf(BlobException.class)
                .hasMessageContaining(missing)
                .hasMessageContaining("container");

        assertThat(store.createContainer(missing)).isTrue();
        store.deleteContainer(missing);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"https://elsewhere.blob.core.windows.net/c-1/x", "file:///etc/passwd", "urn:x", "x", "http:///"})
    void urlsOfOtherPlacesAreNotPathsOfThisStore(String url) {
        assertThat(store.pathOf(URI.create(url))).isEmpty();
    }

    @Test
    void urlsThatLeaveTheStoreAreNotPathsOfIt() {
        String base = store.uri(path).toString().replace(path.key(), "");

        assertThat(store.pathOf(URI.create(base + "../../../../../etc/passwd"))).isEmpty();
        assertThat(store.pathOf(URI.create(base + "..%2f..%2f..%2f..%2fetc/passwd")))
                .isEmpty();
        assertThat(store.pathOf(URI.create(base))).isEmpty();
        assertThat(store.pathOf(URI.create(base.replace(container, "UPPER") + "x")))
                .isEmpty();
    }

    final List<BlobPath> paths(String... keys) {
        return Arrays.stream(keys).map(key -> BlobPath.of(container, key)).toList();
    }
}
