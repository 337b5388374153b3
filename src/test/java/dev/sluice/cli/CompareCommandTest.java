package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompareCommandTest {
    private static final String ANN = "{\"resourceType\":\"Patient\",\"id\":\"ann\",\"active\":true}\n";
    private static final String BOB =
            "{\"resourceType\":\"Patient\",\"id\":\"bob\",\"meta\":{\"versionId\":\"1\",\"lastUpdated\":\"2026\"}}\n";
    private static final String WEIGHT =
            "{\"resourceType\":\"Observation\",\"id\":\"w\",\"valueQuantity\":{\"value\":1.0,\"unit\":\"kg\"}}\n";

    @TempDir
    private Path folder;

    @BeforeEach
    void fillA() throws IOException {
        write("a/Patient-1.ndjson", ANN + BOB);
        write("a/Observation-1.ndjson", WEIGHT);
    }

    @Test
    void theSameResourcesInOtherFilesAndLinesAreEqual() throws IOException {
        write("b/2020/01/all.ndjson", BOB.replace("\n", "\r\n") + "\r\n" + WEIGHT);
        write("b/Patient.ndjson", ANN.stripTrailing());
        write("b/readme.txt", "not a resource");

        CommandRun run = compare(0);

        assertThat(run.out())
                .contains("(2 files, 3 resources)", "EQUAL")
                .containsPattern("Patient +2 +2 +2\n")
                .containsPattern("total +3 +3 +3\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"unit\":\"kg\",\"value\":1.0} | 0",
                "{ \"value\" : 1.0, \"unit\":\"\\u006bg\"} | 0",
                "{\"value\":1.00,\"unit\":\"kg\"} | 1",
                "{\"value\":1e0,\"unit\":\"kg\"} | 1",
                "{\"value\":1E0,\"unit\":\"kg\"} | 1",
                "{\"value\":\"1.0\",\"unit\":\"kg\"} | 1",
                "{\"value\":1.0,\"unit\":\"g\"} | 1",
                "{\"value\":1.0,\"unit\":null} | 1",
                "{\"value\":1.0,\"unit\":[\"kg\"]} | 1",
                "{\"value\":1.0,\"unit\":\"kg\",\"meta\":{\"versionId\":\"1\"}} | 1"
            })
    void contentIsComparedAsJsonWithNumbersByTheirText(String quantity, int exitCode) throws IOException {
        write("b/Patient-1.ndjson", ANN + BOB);
        write("b/Observation-1.ndjson", WEIGHT.replaceFirst("\\{\"value\".*?}", quantity.replace("\\", "\\\\")));

        CommandRun run = compare(exitCode);

        assertThat(run.out().contains("other content: Observation/w (version none in A, none in B)"))
                .isEqualTo(exitCode == 1);
    }

    @Test
    void theOrderOfArraysCounts() throws IOException {
        String one = "{\"resourceType\":\"Group\",\"id\":\"g\",\"x\":[1,2]}";
        write("a/Patient-1.ndjson", one);
        write("a/Observation-1.ndjson", "");
        write("b/g.ndjson", one.replace("[1,2]", "[2,1]"));

        assertThat(compare(1).out()).contains("DIFFERENT: other content");
    }

    @Test
    void historiesAreComparedVersionByVersion() throws IOException {
        String first = BOB.replace("\"versionId\":\"1\"", "\"versionId\":\"3\"");
        String second =
                BOB.replace("\"versionId\":\"1\"", "\"versionId\":\"2\"").replace("}}", "},\"x\":1}");
        write("a/Patient-1.ndjson", ANN + BOB + first + second);
        write("b/Patient-1.ndjson", ANN + second + BOB);
        write("b/Patient-2.ndjson", first + WEIGHT);

        assertThat(compare(0, "--versions").out()).contains("EQUAL");
        assertThat(compare(1).out()).contains("repeated in A: Patient/bob");

        for (String other : new String[] {"", second.replace("1}", "2}"), BOB}) {
            write("b/Patient-1.ndjson", ANN + other + BOB);
            assertThat(compare(1, "--versions").out()).contains("other history: Patient/bob");
        }
    }

    @Test
    void whatOneSideOnlyHasIsNamed() throws IOException {
        write("b/Patient-1.ndjson", ANN + ANN.replace("ann", "eve"));
        write("b/Observation-1.ndjson", WEIGHT);

        assertThat(compare(1).out())
                .contains("only in A: Patient/bob", "only in B: Patient/eve", "DIFFERENT: only in A, only in B")
                .containsPattern("Patient +2 +2 +1 +1 +1\n");
    }

    @Test
    void anotherVersionIsADifferenceIfAskedFor() throws IOException {
        write("b/Patient-1.ndjson", ANN + BOB.replace("\"1\"", "\"7\"").replace("2026", "2027"));
        write("b/Observation-1.ndjson", WEIGHT);

        assertThat(compare(0).out()).contains("other version (info): Patient/bob (version 1 in A, 7 in B)", "EQUAL");
        assertThat(compare(1, "--versions").out()).contains("other version: Patient/bob", "DIFFERENT: other version");
    }

    @Test
    void aRepetitionIsADifferenceUnlessItIsAllowed() throws IOException {
        write("b/Patient-1.ndjson", ANN + BOB + ANN + ANN);
        write("b/Observation-1.ndjson", WEIGHT);

        assertThat(compare(1).out())
                .contains("repeated in B: Patient/ann", "DIFFERENT: repeated in B")
                .containsPattern("Patient +2 +2 +2 +1\n");
        assertThat(compare(0, "--ignore-duplicates").out()).contains("repeated in B (info): Patient/ann", "EQUAL");
    }

    @Test
    void ofRepetitionsTheHighestVersionCountsWhereverItStands() throws IOException {
        String old = BOB.replace("\"1\"", "\"0\"").replace("}\n", ",\"active\":false}\n");
        write("b/Patient-1.ndjson", old + ANN + BOB + old);
        write("b/Observation-1.ndjson", WEIGHT);

        compare(0, "--ignore-duplicates");
    }

    @Test
    void metaOfTheServerAloneIsTheSameAsNone() throws IOException {
        write("b/Patient-1.ndjson", ANN + "{\"resourceType\":\"Patient\",\"id\":\"bob\"}");
        write("b/Observation-1.ndjson", WEIGHT);

        assertThat(compare(0).out()).contains("other version (info): Patient/bob (version 1 in A, none in B)");
    }

    @Test
    void aHigherVersionEndsAContradiction() throws IOException {
        String other = BOB.replace("}\n", ",\"active\":false}\n");
        write("b/Patient-1.ndjson", BOB + other + BOB.replace("\"1\"", "\"2\"") + ANN);
        write("b/Observation-1.ndjson", WEIGHT);

        assertThat(compare(0, "--ignore-duplicates").out()).contains("Patient/bob (version 1 in A, 2 in B)");
    }

    @Test
    void repetitionsThatContradictEachOtherAreNoCopyOfAnything() throws IOException {
        write("b/Patient-1.ndjson", BOB + ANN + ANN.replace("true", "false") + ANN);
        write("b/Observation-1.ndjson", WEIGHT);

        assertThat(compare(1, "--ignore-duplicates").out())
                .contains("other content: Patient/ann", "DIFFERENT: other content");
    }

    @Test
    void theFirstTwentyOfATypeAreNamedAndAllAreCounted() throws IOException {
        StringBuilder many = new StringBuilder(ANN + BOB);
        for (int i = 0; i < 70_000; i++) {
            many.append("{\"resourceType\":\"Patient\",\"id\":\"p").append(i).append("\"}\n");
        }
        write("b/Patient-1.ndjson", many.toString());
        write("b/Observation-1.ndjson", WEIGHT);

        assertThat(compare(1).out())
                .contains(
                        "only in B: Patient/p0\n",
                        "only in B: Patient/p19\n",
                        "only in B: ... and 69980 more of Patient")
                .doesNotContain("Patient/p20")
                .containsPattern("Patient +2 +70002 +2 +70000\n");
    }

    @Test
    void aManifestSaysWhichFilesCount() throws IOException {
        Files.createDirectories(folder.resolve("b"));
        SavedExport export = new SavedExport(folder.resolve("b"));
        export.add("output", "Patient", "Patient-1.ndjson", ANN + BOB);
        export.add("output", "Observation", "Observation-1.ndjson", WEIGHT);
        export.add("error", "OperationOutcome", "errors-1.ndjson", "{\"resourceType\":\"OperationOutcome\"}\n");
        assertThat(compare(0).out())
                .contains("(3 files, 3 resources, and 1 OperationOutcomes without an id, left out)");

        export.write("manifest.json", export.manifest.toString());
        export.write("Patient-9.ndjson", "of another export");

        assertThat(compare(0).out()).contains("B: " + folder.resolve("b") + " (2 files, 3 resources)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"resourceType\":\"Patient\"} | it has no id",
                "{\"id\":\"a\"} | it has no resourceType",
                "7 | A resource must be one JSON object",
                "{\"resourceType\":\"Patient\",\"id\":\"a\"} {} | The text is not valid JSON: Trailing token",
                "{\"id\":\"a\",\"id\":\"a\"} | The text is not valid JSON: Duplicate",
                "{\"id\": | The text is not valid JSON"
            })
    void aLineThatIsNoResourceMakesASideUnreadable(String line, String sentence) throws IOException {
        write("b/x.ndjson", ANN + line + "\n");

        assertThat(compare(2).err()).contains("x.ndjson, line 2 cannot be read: " + sentence);
    }

    @Test
    void aFolderWithoutResourcesIsUnreadable() throws IOException {
        write("b/readme.txt", "");

        assertThat(compare(2).err()).contains("holds no *.ndjson");
    }

    private CommandRun compare(int exitCode, String... options) {
        Object[] args = new Object[3 + options.length];
        args[0] = "compare";
        args[1] = folder.resolve("a");
        args[2] = folder.resolve("b");
        System.arraycopy(options, 0, args, 3, options.length);
        CommandRun run = CommandRun.run(args);
        assertThat(run.exitCode()).as(run.out() + run.err()).isEqualTo(exitCode);
        return run;
    }

    private void write(String name, String content) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }
}
