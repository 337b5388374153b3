package dev.sluice.bulkclient;

import dev.sluice.bulkclient.ReceivedManifest.FileItem;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Downloads the files of the pages of a manifest, several at a time. If one cannot be had, the others end too. */
final class Downloads implements AutoCloseable {
    private final ServerSession server;
    private final ExportFolder folder;
    private final RequestRetries retries;
    private final ExecutorService threads;
    private final FileNames names = new FileNames();
    private final Map<URI, Map<String, Integer>> pages = new HashMap<>();

    /** How many files of {@code error} have the same name on a page, at most. Each page of an export repeats its errors. */
    private final Map<String, Integer> errors = new HashMap<>();

    private final List<Future<DownloadedFile>> files = new ArrayList<>();
    private final List<JsonNode> items = new ArrayList<>();
    private final AtomicReference<@Nullable BulkClientException> fault = new AtomicReference<>();
    private @Nullable ObjectNode first;
    private @Nullable URI firstUrl;

    Downloads(ServerSession server, ExportFolder folder, RequestRetries retries, int parallel) {
        this.server = server;
        this.folder = folder;
        this.retries = retries;
        this.threads = Executors.newFixedThreadPool(parallel, task -> {
            Thread thread = new Thread(task, "download");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Begins to download the files of a page; if the page was read before, those that were not on it. */
    void add(URI url, @Nullable ObjectNode json) {
        if (json == null) {
            return;
        }
        if (first == null || url.equals(firstUrl)) {
            first = json;
            firstUrl = url;
        }
        ManifestPage page = new ManifestPage(server, url, ReceivedManifest.of(json, url.toString()));
        List<JsonNode> nodes = new ArrayList<>();
        ReceivedManifest.LISTS.forEach(list -> json.path(list).forEach(nodes::add));
        Map<String, Integer> before = pages.getOrDefault(url, Map.of());
        Map<String, Integer> now = new HashMap<>();
        for (int position = 0; position < nodes.size(); position++) {
            FileItem item = page.item(position);
            String key = item.list() + "/" + item.name();
            int number = now.merge(key, 1, Integer::sum);
            if (number > (item.isError() ? errors : before).getOrDefault(key, 0)) {
                items.add(nodes.get(position));
                begin(new FileDownload.Place(page, position), names.next(item));
            }
        }
        now.forEach((key, number) -> errors.merge(key, number, Math::max));
        requireAll(url, before, now);
        pages.put(url, now);
        ManifestLinks.requireFewFiles(items.size());
    }

    /** What the manifest has no longer, the export does not have: the folder must not be recorded as complete with it. */
    private static void requireAll(URI url, Map<String, Integer> before, Map<String, Integer> now) {
        before.forEach((key, number) -> {
            if (!key.startsWith("error/") && now.getOrDefault(key, 0) < number) {
                throw BulkClientException.failed("The page " + url + " of the manifest no longer has the file " + key
                        + ", which it had before.");
            }
        });
    }

    private void begin(FileDownload.Place place, String name) {
        FileDownload download = new FileDownload(server, retries, place, new PartialFile(folder.file(name)));
        retries.listener().found(FileDownload.sentBytes(place.page().item(place.position())));
        try {
            files.add(threads.submit(() -> get(download)));
        } catch (RejectedExecutionException e) {
            requireNoFault();
        }
    }

    private DownloadedFile get(FileDownload download) {
        try {
            return download.get();
        } catch (BulkClientException e) {
            if (fault.compareAndSet(null, e)) {
                threads.shutdownNow();
            }
            throw e;
        }
    }

    /** Throws what ended a download. */
    void requireNoFault() {
        BulkClientException first = fault.get();
        if (first != null) {
            throw first;
        }
    }

    /** The files of all pages. */
    List<DownloadedFile> await() {
        List<DownloadedFile> all = new ArrayList<>();
        try {
            for (Future<DownloadedFile> file : files) {
                requireNoFault();
                all.add(file.get());
            }
            return all;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw BulkClientException.failed("The command was interrupted.");
        } catch (ExecutionException e) {
            requireNoFault();
            throw new IllegalStateException(e.getCause());
        }
    }

    /** All pages as one manifest, in which the URLs of files are their names in the folder. */
    ObjectNode manifest(List<DownloadedFile> downloaded) {
        ObjectNode manifest = Objects.requireNonNull(first).deepCopy();
        manifest.remove("link");
        ReceivedManifest.LISTS.stream().filter(manifest::has).forEach(manifest::putArray);
        for (int i = 0; i < downloaded.size(); i++) {
            DownloadedFile file = downloaded.get(i);
            ObjectNode item = (ObjectNode) items.get(i).deepCopy();
            item.put("url", file.name());
            String list = file.item().list();
            ArrayNode all = manifest.get(list) instanceof ArrayNode known ? known : manifest.putArray(list);
            all.add(item);
        }
        return manifest;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
