package dev.sluice.benchmark;

import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.BlobServiceClient;
import com.azure.storage.blob.BlobServiceClientBuilder;
import com.azure.storage.blob.models.ParallelTransferOptions;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/** The upload of files as the Azure SDK has it, with as many files and blocks at a time as an export has. */
final class RawUpload {
    private static final long BLOCK = 8L << 20;
    private static final int BLOCKS_OF_A_FILE = 3;

    private final BlobServiceClient service;

    RawUpload(String connection) {
        this.service = new BlobServiceClientBuilder()
                .connectionString(connection)
                .httpClient(
                        new JdkHttpClientBuilder(HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)).build())
                .buildClient();
    }

    /** Uploads files to a new container; returns what deletes it. */
    Runnable of(List<Path> files) {
        BlobContainerClient container = service.createBlobContainer("upload-" + UUID.randomUUID());
        Parallel.each(files, MachineInfo.CORES, file -> {
            ParallelTransferOptions options = new ParallelTransferOptions()
                    .setBlockSizeLong(BLOCK)
                    .setMaxSingleUploadSizeLong(BLOCK)
                    .setMaxConcurrency(BLOCKS_OF_A_FILE);
            container
                    .getBlobClient(file.getFileName().toString())
                    .uploadFromFile(file.toString(), options, null, null, null, null, null);
            return file;
        });
        return container::delete;
    }
}
