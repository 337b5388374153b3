package dev.sluice.export;

import static dev.sluice.ExportClient.outcome;
import static dev.sluice.export.ExportSteps.ended;
import static dev.sluice.export.ExportSteps.imported;
import static dev.sluice.export.ExportSteps.kickOff;
import static dev.sluice.export.ExportSteps.putRules;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.IntegrationTest;
import dev.sluice.KnownTokens;
import dev.sluice.SluiceServer;
import dev.sluice.blob.BlobPath;
import dev.sluice.blob.BlobStore;
import dev.sluice.blob.ContainerName;
import dev.sluice.deid.RuleFile;
import dev.sluice.security.ClientLimits;
import dev.sluice.security.Permissions;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Who may de-identify by which rules, and what is recorded of it. */
@IntegrationTest
@TestInstance(Lifecycle.PER_CLASS)
class DeidentifiedAccessTest {
    private static final String ALL = "system/*.*";
    private static final String PATH = "/Group/only-ann/$export?_type=Patient&_container=mine&_anonymizationConfig=";

    private final SluiceServer server = KnownTokens.server();
    private final SluiceServer client = server.as(KnownTokens.of("lake", ALL));
    private final SluiceServer admin = server.as(KnownTokens.of("admin", Permissions.ALL, ClientLimits.NONE));

    @BeforeAll
    void load() {
        Ward.load(client);
        putRules(server, "rules.json", DeidentifiedExportContract.RULES);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void aClientOfSomeContainersNeedsThatOfTheRules() {
        SluiceServer without = server.as(KnownTokens.of("limited", ALL, ClientLimits.of(null, List.of("mine"), null)));
        SluiceServer with = server.as(KnownTokens.of(
                "limited", ALL, ClientLimits.of(null, List.of("mine", ContainerName.ANONYMIZATION), null)));

        for (String rules : List.of("rules.json", "not-exist.json")) {
            assertThat(outcome(403, kickOff(without, PATH + rules)))
                    .singleElement()
                    .asString()
                    .contains("may not use the container 'anonymization'", "preset:safe-harbor");
        }
        ended(without, kickOff(without, PATH + "preset:safe-harbor"));
        ended(with, kickOff(with, PATH + "rules.json"));
        assertThat(outcome(
                        403,
                        kickOff(
                                without,
                                "/Group/only-ann/$export?_container=other&_anonymizationConfig=preset:safe-harbor")))
                .singleElement()
                .asString()
                .contains("'other'");
    }

    /** A rule file may have keys. */
    @Test
    void rulesAreNotImported() {
        String url = server.bean(BlobStore.class)
                .uri(BlobPath.of(ContainerName.ANONYMIZATION, "rules.json"))
                .toString();

        assertThat(outcome(403, imported(client, url)))
                .singleElement()
                .asString()
                .contains("the container of rule files");
    }

    @Test
    void theAuditAndTheDisclosureNameTheRules() {
        // without the key, which could be guessed by it
        String rules = RuleFile.parse(DeidentifiedExportContract.RULES.getBytes(StandardCharsets.UTF_8))
                .text();
        assertThat(rules).doesNotContain("a key of the study");
        String job = ended(client, kickOff(client, PATH + "rules.json"));
        String id = job.substring(job.lastIndexOf('/') + 1);

        assertThat(admin.get("/_audit").body().lines().filter(line -> line.contains(id)))
                .anyMatch(line -> line.contains("Group/only-ann: Patient; de-identified by rules.json (SHA-256 "
                        + DigestUtils.sha256Hex(rules) + ")"));
        assertThat(admin.get("/_disclosures?patient=ann").body().lines().filter(line -> line.contains(id)))
                .singleElement()
                .asString()
                .contains("{\"type\":\"deidentifiedBy\",\"valueString\":\"rules.json\"}", "\"certain\"");
    }
}
