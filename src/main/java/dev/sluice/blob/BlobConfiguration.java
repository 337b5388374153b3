package dev.sluice.blob;

import java.time.Clock;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Makes the one store of this process. */
@Configuration(proxyBeanMethods = false)
class BlobConfiguration {
    @Bean
    BlobStore blobStore(StorageSettings settings, @Qualifier("systemClock") Clock clock) {
        BlockPool pool = BlockPool.forThisMachine();
        return settings.kind() == StorageSettings.Kind.AZURE
                ? new AzureBlobStore(AzureAccount.of(settings.azure(), clock), pool)
                : new LocalBlobStore(settings.local().folder(), clock, pool);
    }

    @Bean
    DownloadMode downloadMode(StorageSettings settings) {
        return settings.download();
    }
}
