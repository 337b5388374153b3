package dev.sluice.export;

import dev.sluice.SlowTest;
import dev.sluice.blob.AzuriteServer;
import org.junit.jupiter.api.BeforeAll;

/** The same into Azure Blob Storage. */
@SlowTest
class AzureDeidentifiedExportTest extends DeidentifiedExportContract {
    @BeforeAll
    static void startAzurite() {
        AzuriteServer.shared();
    }

    @Override
    String[] storage() {
        return new String[] {
            "--sluice.storage.kind=azure",
            "--sluice.storage.azure.connection-string=" + AzuriteServer.shared().connectionString(),
            "--sluice.storage.download=server"
        };
    }
}
