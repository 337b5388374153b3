package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient;
import dev.sluice.SluiceServer;
import dev.sluice.blob.BlobPath;
import dev.sluice.blob.BlobStore;
import dev.sluice.blob.BlobWriter;
import dev.sluice.blob.ContainerName;
import dev.sluice.fhir.FhirJson;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Steps of exports and imports of one client among several. */
final class ExportSteps {
    private ExportSteps() {}

    static HttpResponse<String> kickOff(SluiceServer client, String path) {
        return new ExportClient(client).kickOff(path);
    }

    static String finished(SluiceServer client, String path) {
        return ended(client, kickOff(client, path));
    }

    /** Waits for the end of a job that was accepted, and returns its URL. */
    static String ended(SluiceServer client, HttpResponse<String> kickOff) {
        assertThat(kickOff.statusCode()).as(kickOff.body()).isEqualTo(202);
        String job = kickOff.headers().firstValue("Content-Location").orElseThrow();
        assertThat(new ExportClient(client).awaitEnd(job).statusCode()).isEqualTo(200);
        return job;
    }

    static List<String> keys(SluiceServer client, String path) {
        return new ExportClient(client).export(path).keys();
    }

    /** Puts a file into the container of rule files. */
    static void putRules(SluiceServer server, String name, String rules) {
        BlobStore blobs = server.bean(BlobStore.class);
        byte[] bytes = rules.getBytes(StandardCharsets.UTF_8);
        blobs.createContainer(ContainerName.ANONYMIZATION);
        try (BlobWriter writer =
                blobs.create(BlobPath.of(ContainerName.ANONYMIZATION, name), BlobStore.Encoding.IDENTITY)) {
            writer.write(bytes, 0, bytes.length);
            writer.commit();
        }
    }

    static String files(SluiceServer client, String path, String list) {
        StringBuilder text = new StringBuilder();
        new ExportClient(client)
                .manifest(path)
                .path(list)
                .forEach(file ->
                        text.append(client.get(file.path("url").asString()).body()));
        return text.toString();
    }

    static HttpResponse<String> imported(SluiceServer client, String url) {
        return client.post(
                "/$import",
                "application/fhir+json",
                "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"inputFormat\",\"valueString\":"
                        + "\"application/fhir+ndjson\"},{\"name\":\"input\",\"part\":[{\"name\":\"url\","
                        + "\"valueUri\":\"" + url + "\"}]}]}",
                "Prefer",
                "respond-async");
    }

    static ObjectNode manifest(SluiceServer client, String job) {
        return FhirJson.parseObject(client.get(job).body().getBytes(StandardCharsets.UTF_8));
    }
}
