package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient;
import dev.sluice.ExportClient.Export;
import dev.sluice.SamplePopulation;
import dev.sluice.SlowTest;
import dev.sluice.SluiceServer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The sample population in blocks, beside the same moment by type. */
@SlowTest
@TestInstance(Lifecycle.PER_CLASS)
class OrganizedPopulationTest {
    private static final int FILE_SIZE = 40_000;
    private static final int LINE = 5_000;

    private final SluiceServer server = SluiceServer.start("--sluice.export.file-size=" + FILE_SIZE + "B");
    private final ExportClient client = new ExportClient(server);

    @BeforeAll
    void load() {
        Ward.load(
                server,
                SamplePopulation.ofPatients(25).stream().map(Object::toString).collect(Collectors.joining("\n"))
                        + "\n");
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource({
        "'', Patient",
        "/Patient, Patient",
        "/Group/first-ten, Patient",
        "'', Encounter",
        "/Patient, Encounter",
        "/Group/first-ten, Encounter",
        "'', Practitioner",
        "'', Group"
    })
    void theBlocksHoldAllThatBelongsToThemAndTheErrorFileCountsTheRest(String level, String by) {
        Export plain = client.export(level + "/$export");
        OrganizedExports blocked = OrganizedExports.of(
                server,
                client.export(level + "/$export?organizeOutputBy=" + by + "&_until=" + plain.transactionTime()));

        Map<String, Set<String>> expected = expected(plain.all(), by);
        if (by.equals("Patient") && level.startsWith("/Group")) {
            expected.keySet().removeIf(head -> !plain.keys().contains(head));
        }
        assertThat(sets(blocked)).isEqualTo(expected);
        blocked.blocks()
                .keySet()
                .forEach(head -> assertThat(blocked.keys(head))
                        .as("the order of " + head)
                        .isEqualTo(ordered(head, plain, blocked.keys(head))));
        Map<String, Long> rest = plain.all().stream()
                .filter(line -> !blocked.lines().contains(line))
                .map(ExportClient::key)
                .map(key -> key.substring(0, key.indexOf('/')))
                .collect(Collectors.groupingBy(type -> type, TreeMap::new, Collectors.counting()));
        assertThat(String.join("", blocked.notes()))
                .startsWith(rest.entrySet().stream()
                        .map(left -> left.getValue() + " " + left.getKey())
                        .collect(Collectors.joining(", ")));
        assertThat(blocked.notes()).hasSize(rest.isEmpty() ? 0 : 1);
    }

    @Test
    void aBlockIsSplitOnlyIfItIsLargerThanAFile() {
        OrganizedExports blocked = OrganizedExports.of(server, client.export("/$export?organizeOutputBy=Patient"));

        Map<Boolean, List<String>> split = blocked.blocks().keySet().stream()
                .collect(Collectors.groupingBy(head -> blocked.files(head).size() > 1));
        assertThat(split.get(true)).isNotEmpty().allMatch(head -> blocked.bytes(head) > FILE_SIZE);
        assertThat(split.get(false)).isNotEmpty().allMatch(head -> blocked.bytes(head) <= FILE_SIZE + LINE);
    }

    @Test
    void smallBlocksShareFiles() {
        Export export = client.export("/$export?organizeOutputBy=Encounter");
        OrganizedExports blocked = OrganizedExports.of(server, export);

        assertThat(blocked.blocks().keySet())
                .hasSizeGreaterThan(100)
                .allMatch(head -> blocked.files(head).size() == 1);
        int bytes = blocked.blocks().keySet().stream().mapToInt(blocked::bytes).sum();
        assertThat(export.manifest().path("output").size()).isBetween(bytes / FILE_SIZE, bytes * 5 / 4 / FILE_SIZE + 1);
    }

    /** Which lines belong to which block: in this population every reference to a patient makes a compartment. */
    private static Map<String, Set<String>> expected(List<String> lines, String by) {
        Pattern reference = Pattern.compile("\"reference\":\"(" + by + "/[^\"]+)\"");
        Map<String, Set<String>> blocks = new TreeMap<>();
        for (String line : lines) {
            Set<String> heads = new TreeSet<>();
            for (Matcher found = reference.matcher(line); found.find(); ) {
                heads.add(found.group(1));
            }
            if (ExportClient.key(line).startsWith(by + "/")) {
                heads.add(ExportClient.key(line));
            }
            heads.forEach(
                    head -> blocks.computeIfAbsent(head, any -> new TreeSet<>()).add(line));
        }
        return blocks;
    }

    private static Map<String, Set<String>> sets(OrganizedExports blocked) {
        Map<String, Set<String>> sets = new TreeMap<>();
        blocked.blocks().forEach((head, lines) -> sets.put(head, new TreeSet<>(lines)));
        return sets;
    }

    /** The resource that the block is of, then type by type, each in the order that an export by type has. */
    private static List<String> ordered(String head, Export plain, List<String> keys) {
        Set<String> wanted = Set.copyOf(keys);
        List<String> ordered = plain.all().stream()
                .map(ExportClient::key)
                .filter(key -> wanted.contains(key) && !key.equals(head))
                .collect(Collectors.toList());
        if (wanted.contains(head)) {
            ordered.add(0, head);
        }
        return ordered;
    }
}
