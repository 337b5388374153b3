package dev.sluice.bulkclient;

import java.util.List;

/**
 * A file of an export, in the folder.
 *
 * @param item as the manifest describes it
 * @param name in the folder
 * @param lines that it has; of a file that an earlier run has downloaded, as the manifest states
 * @param bytes without compression
 * @param faults why it is not in the folder: how it differs from what the manifest states; empty = it is
 */
public record DownloadedFile(
        ReceivedManifest.FileItem item, String name, long lines, long bytes, List<String> faults) {}
