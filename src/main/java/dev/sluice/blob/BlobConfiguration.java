package dev.sluice.blob;

import java.time.Clock;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Makes the one store of this process. */
@Configuration(proxyBeanMethods = false)
class BlobConfiguration {
    @Bean
    StorageOwnership storageOwnership(StorageSettings settings) {
        return new StorageOwnership(settings.adopt());
    }

    @Bean
    BlobStore blobStore(StorageSettings settings, StorageOwnership ownership, @Qualifier("systemClock") Clock clock) {
        BlockPool pool = BlockPool.forThisMachine();
        BlobStore store = settings.kind() == StorageSettings.Kind.AZURE
                ? new AzureBlobStore(AzureAccount.of(settings.azure(), clock), pool)
                : new LocalBlobStore(settings.local().folder(), clock, pool);
        return new OwnedBlobStore(store, ownership);
    }

    @Bean
    DownloadUrls downloadUrls(StorageSettings settings, BlobStore store) {
        return new DownloadUrls(store, settings.mode(), settings.azure().sasLifetime());
    }
}
