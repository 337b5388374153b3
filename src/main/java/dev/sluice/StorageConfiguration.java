package dev.sluice;

import dev.sluice.blob.BlobStore;
import dev.sluice.blob.BlobStores;
import dev.sluice.blob.DownloadUrls;
import dev.sluice.blob.StorageOwnership;
import dev.sluice.files.HomeFolder;
import java.time.Clock;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Creates the blob store and the home folder of this process. */
@Configuration(proxyBeanMethods = false)
class StorageConfiguration {
    @Bean
    HomeFolder homeFolder(HomeSettings settings) {
        return settings.folder();
    }

    @Bean
    StorageOwnership storageOwnership(StorageSettings settings) {
        return new StorageOwnership(settings.adopt());
    }

    @Bean
    BlobStore blobStore(StorageSettings settings, StorageOwnership ownership, @Qualifier("systemClock") Clock clock) {
        return settings.kind() == StorageSettings.Kind.AZURE
                ? BlobStores.azure(settings.azure().storage(), clock, ownership)
                : BlobStores.folder(settings.local().folder(), settings.local().minFreeBytes(), clock, ownership);
    }

    @Bean
    DownloadUrls downloadUrls(StorageSettings settings, BlobStore store) {
        return new DownloadUrls(store, settings.mode(), settings.azure().sasLifetime());
    }
}
