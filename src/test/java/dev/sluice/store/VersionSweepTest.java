package dev.sluice.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.fhir.ResourceKey;
import dev.sluice.fhir.ResourceType;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/** What is removed of the past, and what is not. */
@IntegrationTest
class VersionSweepTest {
    private final SluiceServer server = SluiceServer.start("--sluice.history=0s");
    private final RowWriter writer = server.bean(RowWriter.class);
    private final VersionSweep sweep = server.bean(VersionSweep.class);
    private final KeptVersions history = server.bean(KeptVersions.class);
    private final JdbcTemplate jdbc = server.bean(JdbcTemplate.class);
    private final TransactionTemplate transaction = server.bean(TransactionTemplate.class);

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void replacedVersionsAreRemovedAndCurrentOnesAndDeletionsAndThoseOfGroupsStay() {
        for (int i = 0; i < 3; i++) {
            write("Basic", "a");
            write("Group", "g");
        }
        write("Basic", "gone");
        writer.write(List.of(ResourceWrite.delete(key("Basic", "gone"))));

        sweep.sweep();

        assertThat(versions()).containsExactly("Basic/a/3", "Basic/gone/2", "Group/g/1", "Group/g/2", "Group/g/3");
    }

    @Test
    void whatAJobHoldsStaysUntilItLetsGo() {
        write("Basic", "a");
        UUID job = UUID.randomUUID();
        Instant held = open(job, null).orElseThrow();
        write("Basic", "a");
        write("Basic", "a");

        sweep.sweep();
        assertThat(versions()).containsExactly("Basic/a/1", "Basic/a/2", "Basic/a/3");
        assertThat(history.keptFrom()).isEqualTo(held);

        history.release(job);
        sweep.sweep();
        assertThat(versions()).containsExactly("Basic/a/3");
        assertThat(history.keptFrom()).isAfter(held);
    }

    @Test
    void aTimestampThatWasGivenUpCannotBeHeldAnyMore() {
        write("Basic", "a");
        Instant before = open(UUID.randomUUID(), null).orElseThrow();
        jdbc.update("delete from retention_hold");
        write("Basic", "a");

        assertThat(open(UUID.randomUUID(), before)).isPresent();
        jdbc.update("delete from retention_hold");
        sweep.sweep();

        assertThat(open(UUID.randomUUID(), before)).isEmpty();
        assertThat(open(UUID.randomUUID(), null)).isPresent();
    }

    @Test
    @Timeout(60)
    void nobodyWaitsForTheSweepAndItWaitsForNobody() {
        write("Basic", "a");
        write("Basic", "a");

        transaction.executeWithoutResult(open -> {
            write("Basic", "a");
            Thread other = new Thread(sweep::sweep);
            other.start();
            join(other);
        });
        transaction.executeWithoutResult(open -> {
            jdbc.update("delete from resource where superseded_at is not null");
            Thread other = new Thread(() -> write("Basic", "a"));
            other.start();
            join(other);
        });

        assertThat(versions()).containsExactly("Basic/a/3", "Basic/a/4");
    }

    @Test
    void manyVersionsGoInManyTransactions() {
        List<ResourceWrite> writes =
                IntStream.range(0, 5_000).mapToObj(n -> put("Basic", "b" + n)).toList();
        writer.write(writes);
        writer.write(writes);

        sweep.sweep();

        assertThat(jdbc.queryForObject("select count(*) from resource", Long.class))
                .isEqualTo(5_000);
    }

    private void write(String type, String id) {
        writer.write(List.of(put(type, id)));
    }

    private Optional<Instant> open(UUID job, @Nullable Instant until) {
        return Objects.requireNonNull(transaction.execute(status -> {
            Instant closed = history.closeTimestamp();
            return history.hold(job, until == null ? closed : until, null, false)
                    .map(keptFrom -> closed);
        }));
    }

    private List<String> versions() {
        return jdbc.queryForList(
                "select type || '/' || id || '/' || version_id from resource order by type, id, version_id",
                String.class);
    }

    private static ResourceWrite put(String type, String id) {
        ResourceWrite.Line line =
                (version, at) -> ("{\"n\":" + System.nanoTime() + "}").getBytes(StandardCharsets.UTF_8);
        return new ResourceWrite(
                key(type, id), new ResourceWrite.Content(line, List.of(), new long[0], null), VersionCondition.NONE);
    }

    private static ResourceKey key(String type, String id) {
        return new ResourceKey(ResourceType.of(type), id);
    }

    private static void join(Thread thread) {
        try {
            thread.join(10_000);
            assertThat(thread.isAlive()).isFalse();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
