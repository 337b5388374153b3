package dev.sluice.bulkclient;

import dev.sluice.bulkclient.ReceivedManifest.FileItem;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/** A page of a manifest, which can be read again to get new URLs for its files. Safe for use by any number of threads. */
public final class ManifestPage {
    private final ServerSession server;
    private final URI url;
    private volatile ReceivedManifest current;

    /** @param received what the page at this URL was when it was read */
    public ManifestPage(ServerSession server, URI url, ReceivedManifest received) {
        this.server = server;
        this.url = url;
        this.current = received;
    }

    /** The request for a page, or for the status of an export. */
    static HttpRequest request(URI url) {
        return HttpRequest.newBuilder(url)
                .header("Accept", "application/json, application/fhir+json;q=0.9")
                .header("Accept-Encoding", "gzip")
                .build();
    }

    /** The manifest in an answer. */
    static ObjectNode json(ServerAnswer answer) throws IOException {
        return answer.json(ManifestLinks.LARGEST_PAGE);
    }

    /** The page as it was read last. */
    public ReceivedManifest manifest() {
        return current;
    }

    /** The URL in an item, or in a link. */
    public URI resolve(String other) {
        return resolve(url, other);
    }

    static URI resolve(URI url, String other) {
        try {
            return ServerSession.parse(url.resolve(other).toString());
        } catch (IllegalArgumentException e) {
            throw BulkClientException.failed("The manifest has '" + other + "', which is not a URL.");
        }
    }

    /** The item at this position, as it was read last. */
    public FileItem item(int position) {
        return current.items().get(position);
    }

    /**
     * Reads the page again if the URL of an item no longer gives access.
     *
     * @return whether the item has another URL now
     */
    public synchronized boolean renew(int position, String refused) throws IOException {
        if (!item(position).url().equals(refused)) {
            return true;
        }
        try (ServerAnswer answer = server.send(request(url), true)) {
            if (answer.status() != 200 && answer.status() != 202) {
                return false;
            }
            ReceivedManifest renewed = ReceivedManifest.of(json(answer), url.toString());
            current = hasSameOrder(renewed) ? renewed : renewedOne(position, renewed);
        }
        return !item(position).url().equals(refused);
    }

    /** Whether each position has the same file. A server may also give all files other names each time. */
    private boolean hasSameOrder(ReceivedManifest renewed) {
        Set<String> names = current.items().stream().map(FileItem::name).collect(Collectors.toSet());
        boolean namesStay = renewed.items().stream().map(FileItem::name).anyMatch(names::contains);
        return facts(renewed, namesStay).equals(facts(current, namesStay));
    }

    /** What stays when the files get other URLs. */
    private static List<FileItem> facts(ReceivedManifest manifest, boolean named) {
        return manifest.items().stream()
                .map(item -> new FileItem(
                        item.list(),
                        item.type(),
                        named ? item.name() : "",
                        item.count(),
                        item.bytes(),
                        item.sha256(),
                        item.crc32(),
                        item.storedBytes(),
                        item.storedSha256(),
                        null))
                .toList();
    }

    /** A page may have more items than before, or another order; then the item is found by its name, if only one has it. */
    private ReceivedManifest renewedOne(int position, ReceivedManifest renewed) {
        FileItem old = item(position);
        List<FileItem> same = renewed.items().stream()
                .filter(item -> item.list().equals(old.list()) && item.name().equals(old.name()))
                .toList();
        List<FileItem> items = new ArrayList<>(current.items());
        items.set(position, same.size() == 1 ? same.get(0) : old);
        return new ReceivedManifest(
                renewed.requiresAccessToken(),
                current.history(),
                current.views(),
                current.organizedBy(),
                items,
                renewed.next());
    }
}
