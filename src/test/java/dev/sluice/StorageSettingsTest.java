package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.blob.AzureIdentity;
import dev.sluice.blob.BlobPath;
import dev.sluice.blob.BlobStore;
import dev.sluice.blob.DownloadMode;
import dev.sluice.blob.DownloadUrls;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.ConfigDataApplicationContextInitializer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

class StorageSettingsTest {
    private static final String KEY_STRING = "DefaultEndpointsProtocol=https;AccountName=acct;AccountKey=a2V5";
    private static final String SAS_STRING =
            "BlobEndpoint=https://acct.blob.core.windows.net;SharedAccessSignature=sig=x";

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withInitializer(new ConfigDataApplicationContextInitializer())
            .withUserConfiguration(Wiring.class);

    @Test
    void withoutSettingsFilesGoToTheHomeFolderAndAreServedFromHere() {
        application.run(context -> {
            assertThat(context.getBean(StorageSettings.class))
                    .isEqualTo(new StorageSettings(
                            StorageSettings.Kind.LOCAL,
                            new StorageSettings.Local("sluice-data/blobs", null),
                            new StorageSettings.Azure(
                                    null,
                                    null,
                                    AzureIdentity.Kind.DEFAULT,
                                    null,
                                    Duration.ofSeconds(60),
                                    false,
                                    Duration.ofHours(1)),
                            null,
                            false));
            assertThat(context.getBean(BlobStore.class).describe())
                    .isEqualTo("folder " + Path.of("sluice-data", "blobs").toAbsolutePath());
        });
    }

    @Test
    void folderFollowsTheHomeUnlessItIsNamed() {
        application
                .withPropertyValues("sluice.home=/srv/sluice")
                .run(context ->
                        assertThat(context.getBean(BlobStore.class).describe()).isEqualTo("folder /srv/sluice/blobs"));
        application
                .withPropertyValues("sluice.home=/srv/sluice", "sluice.storage.local.root=/mnt/blobs")
                .run(context ->
                        assertThat(context.getBean(BlobStore.class).describe()).isEqualTo("folder /mnt/blobs"));
    }

    @Test
    void connectionStringIsAnAzureStore() {
        application
                .withPropertyValues(
                        "sluice.storage.kind=azure",
                        "sluice.storage.azure.connection-string=" + KEY_STRING,
                        "sluice.storage.azure.account-url= ",
                        "sluice.storage.download=sas")
                .run(context -> {
                    assertThat(context.getBean(BlobStore.class).describe())
                            .isEqualTo("Azure Blob Storage https://acct.blob.core.windows.net (account key)");
                    assertThat(context.getBean(StorageSettings.class).download())
                            .isEqualTo(DownloadMode.SAS);
                    assertThat(context.getBean(StorageSettings.class).toString())
                            .doesNotContain("a2V5");
                });
    }

    @Test
    void filesAreFetchedFromTheServerForAFolderAndFromTheStorageForAnAccount() {
        application.run(context ->
                assertThat(context.getBean(DownloadUrls.class).mode()).isEqualTo(DownloadMode.SERVER));
        application
                .withPropertyValues("sluice.storage.kind=azure", "sluice.storage.azure.connection-string=" + KEY_STRING)
                .run(context -> {
                    DownloadUrls urls = context.getBean(DownloadUrls.class);
                    assertThat(urls.mode()).isEqualTo(DownloadMode.DIRECT);
                    assertThat(urls.sasLifetime()).isEqualTo(Duration.ofHours(1));
                });
        application
                .withPropertyValues(
                        "sluice.storage.kind=azure",
                        "sluice.storage.azure.connection-string=" + SAS_STRING,
                        "sluice.storage.download=server",
                        "sluice.storage.azure.sas-lifetime=7d")
                .run(context -> {
                    DownloadUrls urls = context.getBean(DownloadUrls.class);
                    assertThat(urls.mode()).isEqualTo(DownloadMode.SERVER);
                    assertThat(urls.sasLifetime()).isEqualTo(Duration.ofDays(7));
                });
    }

    @Test
    void accountUrlIsAnAzureStoreOfAnIdentity() {
        application
                .withPropertyValues(
                        "sluice.storage.kind=azure",
                        "sluice.storage.azure.account-url=https://acct.blob.core.windows.net/",
                        "sluice.storage.download=sas")
                .run(context -> {
                    BlobStore store = context.getBean(BlobStore.class);
                    assertThat(store.describe())
                            .isEqualTo(
                                    "Azure Blob Storage https://acct.blob.core.windows.net (DefaultAzureCredential)");
                    assertThat(store.uri(BlobPath.of("abc", "run-1/x")))
                            .hasToString("https://acct.blob.core.windows.net/abc/run-1/x");
                });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "default                            | (DefaultAzureCredential)",
                "default, azure.client-id=i         | (DefaultAzureCredential i)",
                "managed-identity                   | (managed identity)",
                "managed-identity, azure.client-id=i | (managed identity i)",
            })
    void theIdentityIsTheOneThatIsNamed(String settings, String description) {
        application
                .withPropertyValues(pairs("kind=azure, azure.account-url=https://a.b, azure.credential=" + settings))
                .run(context -> assertThat(context.getBean(BlobStore.class).describe())
                        .isEqualTo("Azure Blob Storage https://a.b " + description));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "kind=azure | needs either",
                "kind=azure, azure.account-url=https://a.b, azure.connection-string=x | needs either",
                "kind=azure, azure.account-url=http://a.b | must be like https://",
                "kind=azure, azure.account-url=https://a.b?sig=x | must be like https://",
                "kind=azure, azure.account-url=not a url | must be like https://",
                "kind=azure, azure.connection-string=x, azure.credential=managed-identity | need sluice.storage.azure.account-url",
                "kind=azure, azure.connection-string=x, azure.client-id=i | need sluice.storage.azure.account-url",
                "kind=azure, azure.account-url=https://a.b, azure.credential=workload-identity | needs the variables",
                "download=sas | sluice.storage.download=sas needs sluice.storage.kind=azure",
                "download=direct | sluice.storage.download=direct needs sluice.storage.kind=azure",
                "azure.timeout=0s | sluice.storage.azure.timeout is 0 ms",
                "azure.sas-lifetime=59s | sluice.storage.azure.sas-lifetime is 59 s",
                "azure.sas-lifetime=8d | sluice.storage.azure.sas-lifetime is 691200 s; it must be 1m to 7d",
                "kind=azure, download=sas, azure.connection-string=" + SAS_STRING + " | something to sign with"
            })
    void combinationsThatCannotWorkAreRefusedAtStart(String settings, String sentence) {
        application
                .withPropertyValues(pairs(settings))
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining(sentence)
                        .hasMessageContaining("sluice.storage."));
    }

    private static String[] pairs(String settings) {
        return Stream.of(settings.split(", "))
                .map(pair -> "sluice.storage." + pair.strip())
                .toArray(String[]::new);
    }

    @Configuration
    @EnableConfigurationProperties({HomeSettings.class, StorageSettings.class})
    @Import(StorageConfiguration.class)
    static class Wiring {
        @Bean
        Clock systemClock() {
            return Clock.systemUTC();
        }
    }
}
