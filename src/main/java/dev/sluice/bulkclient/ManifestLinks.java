package dev.sluice.bulkclient;

import java.util.HashSet;
import java.util.Set;

/**
 * Follows the links from page to page of a manifest: to each page once, and not without end, whatever a server sends. For use
 * by one thread.
 */
public final class ManifestLinks {
    /** The largest page in bytes; about 100,000 files. */
    public static final int LARGEST_PAGE = 32 << 20;

    /** More pages are no export, but a server that goes on for ever. */
    private static final int MOST_PAGES = 10_000;

    /** On all pages together; a hundred times the largest export that is known. */
    private static final int MOST_FILES = 1_000_000;

    private final int mostPages;
    private final Set<String> left = new HashSet<>();

    public ManifestLinks() {
        this(MOST_PAGES);
    }

    /** @param mostPages the largest number of pages that are followed */
    public ManifestLinks(int mostPages) {
        this.mostPages = mostPages;
    }

    /** Goes from a page to the next one; throws a sentence if that was left before, or if there are too many. */
    public void follow(String page, String next) {
        left.add(page);
        if (left.contains(next)) {
            throw BulkClientException.failed("The pages of the manifest lead back to " + next + ".");
        }
        if (left.size() >= mostPages) {
            throw BulkClientException.failed("The manifest has more than " + mostPages + " pages.");
        }
    }

    /** Throws a sentence if all pages together have too many files. */
    public static void requireFewFiles(int files) {
        if (files > MOST_FILES) {
            throw BulkClientException.failed("The manifest has more than " + MOST_FILES + " files.");
        }
    }
}
