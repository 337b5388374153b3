package dev.sluice.cli;

import static dev.sluice.cli.SavedExport.PATIENTS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

class VerifyCommandTest {
    private static final String FILE = "Patient-1.ndjson";

    @TempDir
    private Path folder;

    private SavedExport export;
    private ObjectNode item;

    @BeforeEach
    void save() {
        export = new SavedExport(folder);
        item = export.add("output", "Patient", FILE, PATIENTS);
    }

    @Test
    void anExportThatIsAsItsManifestSaysIsTrue() {
        export.add("error", "OperationOutcome", "errors-1.ndjson", "{\"resourceType\":\"OperationOutcome\"}\n");
        export.add("deleted", "Bundle", "deleted-1.ndjson", "{\"resourceType\":\"Bundle\",\"type\":\"transaction\"}\n");

        CommandRun run = export.verify();

        assertThat(run.exitCode()).as(run.out()).isZero();
        assertThat(run.out())
                .contains("ok          output/" + FILE + ": 2 lines, " + PATIENTS.length()
                        + " bytes; count, bytes, sha256 as stated")
                .contains("ok          error/errors-1.ndjson", "ok          deleted/deleted-1.ndjson")
                .contains("TRUE: 3 files, 4 lines");
        assertThat(CommandRun.run("verify", folder.resolve("manifest.json")).exitCode())
                .isZero();
    }

    @Test
    void oneByteThatIsAnotherIsFoundByTheHash() {
        export.write(FILE, PATIENTS.replace("true", "null"));

        differs("sha256 is ", ", stated is ");
    }

    @Test
    void aMissingLineIsFoundByTheCountAndTheBytes() {
        export.write(FILE, PATIENTS.substring(0, PATIENTS.indexOf('\n') + 1));

        differs("count is 1, stated is 2", "bytes is ", "NOT TRUE: 1 differ and 0 cannot be read, of 1 file, 1 line");
    }

    @Test
    void aLineThatComesTwiceIsFoundThoughTheManifestSaysSo() {
        export = new SavedExport(folder);
        export.add("output", "Patient", FILE, PATIENTS);
        export.add(
                "output",
                "Patient",
                "Patient-2.ndjson",
                PATIENTS.lines().findFirst().orElseThrow());

        differs("ok          output/" + FILE, "DIFFERS     output/Patient-2.ndjson", "line 1 repeats Patient/ann");
    }

    @Test
    void wrongCountIsFound() {
        item.put("count", 3);

        differs("count is 2, stated is 3");
    }

    @Test
    void wrongHashIsFoundAndItsCaseDoesNotMatter() {
        String hash = item.path("extension").path("sha256").stringValue();
        item.withObject("extension").put("sha256", hash.toUpperCase(Locale.ROOT));
        assertThat(export.verify().exitCode()).isZero();

        item.withObject("extension").put("sha256", "0".repeat(64));
        differs("stated is 000000");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"resourceType\":\"Patient\"} | line 1 has no id",
                "{\"resourceType\":\"Patient\",\"id\":\"a b\"} | has the id 'a b', which is none",
                "{\"resourceType\":\"Group\",\"id\":\"a\"} | line 1 has the resourceType 'Group'",
                "{\"id\":\"a\"} | line 1 has the resourceType ''",
                "{\"resourceType\":\"Patient\",\"id\":\"a\" | line 1 is no resource: The text is not valid JSON",
                "[] | line 1 is no resource: A resource must be one JSON object"
            })
    void aLineThatIsNoResourceOfTheTypeIsFound(String line, String fault) {
        export = new SavedExport(folder);
        export.add("output", "Patient", FILE, line + "\n");

        differs(fault);
    }

    @Test
    void theFirstBadLinesAreToldAndTheOthersCounted() {
        export = new SavedExport(folder);
        export.add("output", "Patient", FILE, "x\n".repeat(5));

        differs("line 3 is no resource", "2 more bad lines");
    }

    @Test
    void aManifestOfAzureApiForFhirIsHeldToItsCount() {
        item.remove("extension");
        export.write(FILE, PATIENTS.replace("\n", "\r\n"));
        CommandRun run = export.verify();

        assertThat(run.exitCode()).as(run.out()).isZero();
        assertThat(run.out()).contains("; count as stated");

        item.put("count", 1);
        differs("count is 2, stated is 1");
    }

    @Test
    void packedFilesAreUnpackedWhateverTheirNameIs() throws IOException {
        export.write(FILE, gzip(PATIENTS));
        assertThat(export.verify().exitCode()).isZero();

        Files.move(folder.resolve(FILE), folder.resolve(FILE + ".gz"));
        assertThat(export.verify().exitCode()).isZero();

        export.write(FILE, Arrays.copyOf(gzip(PATIENTS), 40));
        differs("compressed by gzip, and damaged: it ends at byte 40, in the middle of a gzip member");
    }

    /** Many who read a compressed file by HTTP see the first member only, and no error. */
    @Test
    void aCompressedFileIsOneMemberAndNothingElse() throws IOException {
        int half = PATIENTS.indexOf('\n') + 1;
        byte[] first = gzip(PATIENTS.substring(0, half));
        export.write(FILE, gzip(PATIENTS.substring(0, half), PATIENTS.substring(half)));
        differs("it has 2 gzip members; browsers, curl and others read only the first one");

        byte[] damaged = gzip(PATIENTS.substring(0, half), PATIENTS.substring(half));
        damaged[first.length] ^= 1;
        export.write(FILE, damaged);
        differs("damaged: it breaks at byte " + first.length + ": what follows the end of the content is not gzip");
    }

    @Test
    void packedFilesAreHeldToWhatIsStated() throws IOException {
        byte[] packed = gzip(PATIENTS);
        export.write(FILE, packed);
        ObjectNode stated = item.putObject("extension")
                .put("bytes", PATIENTS.length())
                .put("crc32", crc32(PATIENTS))
                .put("storedBytes", packed.length)
                .put("storedSha256", DigestUtils.sha256Hex(packed));
        assertThat(export.verify().out())
                .contains("count, bytes, crc32, storedBytes, storedSha256 as stated", "TRUE: 1 file,");

        export.write(FILE, Arrays.copyOf(packed, packed.length + 1));
        differs("it breaks at byte " + packed.length);

        stated.put("storedBytes", 1).put("storedSha256", "ab");
        export.write(FILE, packed);
        differs("storedBytes is " + packed.length + ", stated is 1", "storedSha256 is ");

        stated.put("bytes", 1);
        export.write(FILE, packed);
        differs("bytes is " + PATIENTS.length() + ", stated is 1");
    }

    /** Whoever fetched it let HTTP unpack it. */
    @Test
    void whatIsStatedOfAPackedFileIsNotHeldAgainstOneThatIsNot() {
        item.putObject("extension")
                .put("bytes", PATIENTS.length())
                .put("crc32", crc32(PATIENTS))
                .put("storedBytes", 1)
                .put("storedSha256", "0".repeat(64));

        assertThat(export.verify().out()).contains("; count, bytes, crc32 as stated", "TRUE: 1 file,");

        export.write(FILE, PATIENTS.replace("true", "null"));
        differs("crc32 is ", ", stated is " + crc32(PATIENTS));
    }

    private static String crc32(String text) {
        CRC32 crc = new CRC32();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().toHexDigits((int) crc.getValue());
    }

    @Test
    void aFileThatIsNotThereDiffers() throws IOException {
        Files.delete(folder.resolve(FILE));

        differs("DIFFERS     output/" + FILE + ": 0 lines, 0 bytes; it does not exist");
    }

    @Test
    void aFileThatCannotBeReadIsNotCalledWrong() throws IOException {
        Files.delete(folder.resolve(FILE));
        Files.createDirectory(folder.resolve(FILE));

        CommandRun run = export.verify();

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).contains("UNREADABLE  output/" + FILE, "NOT KNOWN: 1 cannot be read");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | it has no list 'output'",
                "x | is not a manifest. The text is not valid JSON",
                "{\"output\":[{\"type\":\"Patient\"}]} | an item of 'output' has no 'url'",
                "{\"output\":[{\"url\":\"https://h/a/..\"}]} | which names no file",
                "{\"output\":[{\"url\":\"https://h/a b\"}]} | which is not a URL"
            })
    void whatIsNoManifestIsUnreadable(String text, String sentence) {
        export.write("other.json", text);

        CommandRun run = CommandRun.run("verify", folder.resolve("other.json"));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(sentence);
    }

    @Test
    void wrongArgumentsShowTheUsage() {
        assertThat(CommandRun.run("verify").err()).contains("Missing required parameter: '<export>'", "Usage:");
        assertThat(CommandRun.run("verify", "a", "--versions").err()).contains("has no option '--versions'");
        assertThat(CommandRun.run("verify", "a", "--token-file").err())
                .contains("Missing required parameter for option '--token-file' (<file>)");
        assertThat(CommandRun.run("verify", "a", "--token=t").err()).contains("has no option");
        assertThat(CommandRun.run("compare", "a").exitCode()).isEqualTo(2);
        assertThat(CommandRun.run("verify", folder.resolve("none")).err())
                .contains("cannot be read: it does not exist.");
    }

    private void differs(String... parts) {
        CommandRun run = export.verify();
        assertThat(run.exitCode()).as(run.out()).isEqualTo(1);
        assertThat(run.out()).contains(parts);
    }

    private static byte[] gzip(String... members) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (String member : members) {
            try (GZIPOutputStream packed = new GZIPOutputStream(out)) {
                packed.write(member.getBytes(StandardCharsets.UTF_8));
            }
        }
        return out.toByteArray();
    }
}
