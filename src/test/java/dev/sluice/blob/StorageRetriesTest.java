package dev.sluice.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.FaultTally;
import dev.sluice.SlowTest;
import dev.sluice.blob.BlobException.Reason;
import dev.sluice.blob.BlobStore.Encoding;
import dev.sluice.blob.FaultyStorage.Request;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What one call to a storage account makes of its faults: how often and when it tries again, and when it gives up. */
@SlowTest
@Tag(FaultTally.TAG)
class StorageRetriesTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    private final String container = "retries-" + UUID.randomUUID();
    private final BlobPath path = BlobPath.of(container, "run-1/Patient-1.ndjson");

    private FaultyStorage storage;
    private AzureAccount account;
    private BlobStore store;

    @BeforeEach
    void start() {
        storage = FaultyStorage.before(AzuriteServer.shared(), TIMEOUT.plusMillis(300));
        account = AzureAccount.of(
                new AzureStorage(storage.connectionString(), null, null, TIMEOUT, true), Clock.systemUTC());
        store = new AzureBlobStore(account, BlockPool.forThisMachine(), new StorageOwnership(false));
        store.createContainer(container);
    }

    @AfterEach
    void stop() {
        storage.pass();
        store.deleteContainer(container);
        store.close();
        storage.close();
    }

    static List<StorageFault> faults() {
        return FaultTally.times(0, 1) == 1
                ? StorageFault.passing()
                : List.of(
                        StorageFault.INTERNAL_ERROR,
                        StorageFault.LOST_ANSWER,
                        StorageFault.TRUNCATED,
                        StorageFault.STALLED);
    }

    /** Two blocks are written, so that what is sent again is more than what fits into a buffer on the way. */
    @ParameterizedTest
    @MethodSource("faults")
    void passingFaultAtAnyRequestIsNotSeenByTheCaller(StorageFault fault) {
        byte[] content = BlobContent.noise(Block.SIZE + 1_000_000, 5);
        storage.pass();
        writeReadAndDelete(content);
        int all = storage.requests().size();
        int step = FaultTally.times(8, 4);

        for (int victim = 1 + faults().indexOf(fault) % step; victim <= all; victim += step) {
            int number = victim;
            storage.fail(fault, request -> request.number() == number);
            writeReadAndDelete(content);

            // On a busy machine the client may have sent a request twice in the first run, which counted them.
            assertThat(storage.injected())
                    .isEqualTo(number <= storage.requests().size() ? 1 : 0);
            storage.pass();
            assertThat(StoredBlobs.in(store, container)).isEmpty();
            FaultTally.of(StorageRetriesTest.class).fault();
        }
    }

    private void writeReadAndDelete(byte[] content) {
        BlobContent.write(store, path, Encoding.IDENTITY, content);
        assertThat(Arrays.equals(BlobContent.read(store, path), content)).isTrue();
        store.deletePrefix(container, "run-1");
    }

    @Test
    void pausesGrowAndAreSpread() {
        List<Long> growing = pauses(StorageFault.INTERNAL_ERROR, 2);
        LongSummaryStatistics first = IntStream.range(0, 6)
                .mapToLong(i -> pauses(StorageFault.TORN, 1).get(0))
                .summaryStatistics();

        assertThat(growing.get(0)).isGreaterThan(450);
        assertThat(growing.get(1)).isGreaterThan(1_450);
        assertThat(first.getMin()).isLessThan(1_400);
        assertThat(first.getMax() - first.getMin()).isGreaterThan(100);
    }

    @ParameterizedTest
    @EnumSource(names = {"BUSY", "THROTTLED"})
    void timeThatTheStorageNamesIsWaited(StorageFault fault) {
        assertThat(pauses(fault, 1).get(0)).isBetween(1_500L, 10_000L);
    }

    /** The milliseconds between the tries of one call that fails this many times, then succeeds. */
    private List<Long> pauses(StorageFault fault, int failures) {
        List<Long> times = new CopyOnWriteArrayList<>();
        storage.fail(fault, request -> request.number() <= failures);
        storage.listen(request -> times.add(System.nanoTime()));
        store.delete(path);
        storage.listen(request -> {});
        return IntStream.range(1, times.size())
                .mapToObj(i -> (times.get(i) - times.get(i - 1)) / 1_000_000)
                .toList();
    }

    @Test
    void whoWaitsForTheAnswerGetsItWithinSecondsAlsoWhenTheStorageHangs() {
        storage.fail(StorageFault.SLOW, request -> true);
        long start = System.nanoTime();

        BlobException problem = catchThrowableOfType(BlobException.class, () -> store.probe(container));

        assertThat(problem.reason()).isEqualTo(Reason.TRANSIENT);
        assertThat(problem).hasMessageContaining("does not answer in time");
        // the block of the probe and its deletion, twice each
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4 + 3));
    }

    @Test
    void containersAreMadeAndDeletedByWhoWaitsForTheAnswer() {
        storage.fail(StorageFault.INTERNAL_ERROR, request -> true);

        assertThat(catchThrowableOfType(BlobException.class, () -> store.createContainer(container))
                        .reason())
                .isEqualTo(Reason.TRANSIENT);
        assertThat(catchThrowableOfType(BlobException.class, () -> store.deleteContainer(container))
                        .reason())
                .isEqualTo(Reason.TRANSIENT);

        assertThat(storage.requests()).hasSize(4);
    }

    @Test
    void answerThatStopsHalfWayIsNotWaitedForForEver() {
        byte[] content = BlobContent.noise(1_000_000, 1);
        BlobContent.write(store, path, Encoding.IDENTITY, content);
        storage.fail(StorageFault.STALLED, request -> request.number() <= 2);

        assertThat(Arrays.equals(BlobContent.read(store, path), content)).isTrue();
        assertThat(storage.injected()).isEqualTo(2);
    }

    /** It takes half a minute. */
    @Test
    @EnabledIfSystemProperty(named = "faults.repeated", matches = "true")
    void callEndsAfterSixTries() {
        storage.fail(StorageFault.SLOW, request -> true);
        long start = System.nanoTime();

        BlobException problem = catchThrowableOfType(BlobException.class, () -> store.delete(path));

        assertThat(problem.reason()).isEqualTo(Reason.TRANSIENT);
        assertThat(storage.requests())
                .extracting(Request::method)
                .containsExactly("DELETE", "DELETE", "DELETE", "DELETE", "DELETE", "DELETE");
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isLessThan(TIMEOUT.multipliedBy(6).plusSeconds(35));
    }
}
