package dev.sluice.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.doctor.Finding.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ExaminationTest {
    private final List<Finding> found = new ArrayList<>();
    private final Examination examination = new Examination(
            Duration.ofSeconds(1),
            (topic, fault) -> Finding.problem(topic, String.valueOf(fault.getMessage()), ""),
            found::add);

    @Test
    void checkThatHangsIsGivenUpAndTheNextOneRuns() {
        examination.run(Topic.STORAGE, false, () -> ExaminationTest::hang);
        examination.run(Topic.DISK, false, () -> () -> List.of(Finding.ok(Topic.DISK, "Room.")));

        assertThat(found).extracting(Finding::level).containsExactly(Level.PROBLEM, Level.OK);
        assertThat(found.get(0).text()).isEqualTo("This check had no answer within 1 seconds.");
    }

    @Test
    void checkThatFailsOrCannotBeMadeIsAProblem() {
        examination.run(Topic.STORAGE, false, () -> {
            throw new IllegalStateException("Not made.");
        });
        examination.run(Topic.TLS, false, () -> () -> {
            throw new AssertionError("Not run.");
        });

        assertThat(found)
                .containsExactly(
                        Finding.problem(Topic.STORAGE, "Not made.", ""), Finding.problem(Topic.TLS, "Not run.", ""));
    }

    @Test
    void checksThatNeedTheDatabaseAreLeftOutWithoutIt() {
        examination.run(Topic.DATABASE, false, () -> () -> List.of(Finding.problem(Topic.DATABASE, "Away.", "")));
        examination.run(Topic.RIGHTS, true, () -> {
            throw new AssertionError("made");
        });
        examination.run(Topic.DISK, false, () -> () -> List.of(Finding.ok(Topic.DISK, "Room.")));

        assertThat(found).extracting(Finding::level).containsExactly(Level.PROBLEM, Level.SKIPPED, Level.OK);
    }

    @Test
    void theSameProblemIsToldOnce() {
        String sentence = "sluice.storage.kind is 'ftp'; it must be local or azure.";
        examination.run(Topic.SETTINGS, false, () -> () -> List.of(Finding.problem(Topic.SETTINGS, sentence, "")));
        examination.run(Topic.STORAGE, false, () -> () -> List.of(Finding.problem(Topic.STORAGE, sentence, "")));

        assertThat(found).extracting(Finding::level).containsExactly(Level.PROBLEM, Level.SKIPPED);
    }

    @Test
    void aProblemWhoseWordsAreInAnotherFindingIsTold() {
        examination.run(Topic.SETTINGS, false, () -> () -> List.of(Finding.ok(Topic.SETTINGS, "Closed.")));
        examination.run(Topic.ACCESS, false, () -> () -> List.of(Finding.problem(Topic.ACCESS, "Not open. Away.", "")));
        examination.run(Topic.STORAGE, false, () -> () -> List.of(Finding.problem(Topic.STORAGE, "Closed.", "")));
        examination.run(Topic.DISK, false, () -> () -> List.of(Finding.problem(Topic.DISK, "Away.", "")));

        assertThat(found)
                .extracting(Finding::level)
                .containsExactly(Level.OK, Level.PROBLEM, Level.PROBLEM, Level.PROBLEM);
    }

    @Test
    void partsRunAtTheSameTime() {
        CountDownLatch both = new CountDownLatch(2);
        Map<String, Callable<Finding>> parts = new LinkedHashMap<>();
        for (String name : List.of("a", "b")) {
            parts.put(name, () -> {
                both.countDown();
                both.await();
                return Finding.ok(Topic.TOKENS, name);
            });
        }

        assertThat(Examination.atTheSameTime(Topic.TOKENS, parts))
                .containsExactly(Finding.ok(Topic.TOKENS, "a"), Finding.ok(Topic.TOKENS, "b"));
        assertThat(Examination.atTheSameTime(Topic.TOKENS, Map.of())).isEmpty();
    }

    @Test
    void findingIsOneLineWithoutSecrets() {
        Finding finding = Finding.problem(
                Topic.STORAGE,
                "No driver for\n jdbc:x://h/d?user=u&password=hunter2&ssl=true, AccountKey=a2V5;Blob?sig=abc%2F.",
                "Why?.");

        assertThat(finding.text())
                .isEqualTo("No driver for jdbc:x://h/d?user=u&password=…&ssl=true, AccountKey=…;Blob?sig=…");
        assertThat(finding.advice()).isEqualTo("Why?");
    }

    private static List<Finding> hang() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return List.of();
    }
}
