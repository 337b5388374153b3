package dev.sluice.export;

import dev.sluice.SluiceServer;
import dev.sluice.fhir.ResourceKey;
import dev.sluice.fhir.ResourceType;
import dev.sluice.store.ResourceWrite;
import dev.sluice.store.RowWriter;
import dev.sluice.store.VersionCondition;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.UnexpectedRollbackException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Writers that do everything that could break a chain of exports: creates, updates, deletes, resources that change from
 * one patient to another, members who join and leave, patients who come and go, rollbacks, and transactions that commit
 * late, out of the order in which they began.
 */
public final class BusyWriters implements AutoCloseable {
    /** Ids of the groups that are always there. */
    static final List<String> GROUPS = List.of("a", "b");

    private static final int PATIENTS = 8;

    private final RowWriter writer;
    private final TransactionTemplate transaction;
    private final ExecutorService threads;
    private final AtomicBoolean done = new AtomicBoolean();
    private final List<Future<Integer>> running = new ArrayList<>();

    public BusyWriters(SluiceServer server, int count, long seed) {
        this.writer = server.bean(RowWriter.class);
        this.transaction = server.bean(TransactionTemplate.class);
        this.threads = Executors.newFixedThreadPool(count);
        Random random = new Random(seed);
        GROUPS.forEach(id -> writer.write(List.of(group(id, random))));
        for (int i = 0; i < count; i++) {
            Random own = new Random(random.nextLong());
            running.add(threads.submit(() -> write(own)));
        }
    }

    /** Stops the writers and returns how many transactions were committed. */
    public int stop() throws ExecutionException, InterruptedException {
        done.set(true);
        int committed = 0;
        for (Future<Integer> writing : running) {
            committed += writing.get();
        }
        return committed;
    }

    @Override
    public void close() {
        done.set(true);
        threads.shutdown();
    }

    private int write(Random random) throws InterruptedException {
        int committed = 0;
        while (!done.get()) {
            boolean rollback = random.nextInt(10) == 0;
            try {
                transaction.executeWithoutResult(status -> {
                    for (int i = random.nextInt(3); i >= 0; i--) {
                        writer.write(List.of(writeOf(random)));
                        sleep(random.nextInt(20) == 0 ? 300 : random.nextInt(8));
                    }
                    if (rollback) {
                        status.setRollbackOnly();
                    }
                });
                committed++;
            } catch (DataAccessException | UnexpectedRollbackException e) {
                // Two of them met in one resource; the loser goes on with something else.
            }
            Thread.sleep(random.nextInt(10));
        }
        return committed;
    }

    private static ResourceWrite writeOf(Random random) {
        int kind = random.nextInt(20);
        if (kind == 0) {
            return group(GROUPS.get(random.nextInt(GROUPS.size())), random);
        }
        String patient = "p" + random.nextInt(PATIENTS);
        if (kind < 4) {
            return random.nextInt(3) == 0
                    ? ResourceWrite.delete(key("Patient", patient))
                    : put("Patient", patient, "\"n\":" + random.nextInt(), List.of(patient));
        }
        String id = "o" + random.nextInt(60);
        String type = kind < 16 ? "Observation" : "Basic";
        return random.nextInt(4) == 0
                ? ResourceWrite.delete(key(type, id))
                : put(type, id, "\"subject\":{\"reference\":\"Patient/" + patient + "\"}", List.of(patient));
    }

    private static ResourceWrite group(String id, Random random) {
        List<String> members = IntStream.range(0, PATIENTS)
                .filter(n -> random.nextInt(3) == 0)
                .mapToObj(n -> "p" + n)
                .toList();
        String entries = members.stream()
                .map(patient -> "{\"entity\":{\"reference\":\"Patient/" + patient + "\"},\"inactive\":"
                        + (random.nextInt(5) == 0) + "}")
                .collect(Collectors.joining(","));
        return put("Group", id, "\"member\":[" + entries + "]", members);
    }

    private static ResourceWrite put(String type, String id, String property, List<String> patients) {
        ResourceWrite.Line line = (version, at) -> ("{\"resourceType\":\"" + type + "\",\"id\":\"" + id
                        + "\",\"meta\":{\"versionId\":\"" + version + "\",\"lastUpdated\":\"" + at
                        + "\"}," + property + "}")
                .getBytes(StandardCharsets.UTF_8);
        return new ResourceWrite(
                key(type, id), new ResourceWrite.Content(line, patients, new long[0], null), VersionCondition.NONE);
    }

    private static ResourceKey key(String type, String id) {
        return new ResourceKey(ResourceType.of(type), id);
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
