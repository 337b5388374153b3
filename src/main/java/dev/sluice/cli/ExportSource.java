package dev.sluice.cli;

import dev.sluice.bulkclient.ReceivedManifest;
import java.util.List;
import java.util.function.Function;

/**
 * An export that a command reads.
 *
 * @param manifest its manifest
 * @param files the file of an item of the manifest
 */
record ExportSource(ReceivedManifest manifest, Function<ReceivedManifest.FileItem, NdjsonFile> files) {
    NdjsonFile file(ReceivedManifest.FileItem item) {
        return files.apply(item);
    }

    /** The size of all files in bytes; negative if that of one is not known. */
    long size() {
        return NdjsonFile.size(manifest.items().stream().map(this::file).toList());
    }

    /** The files with resources. */
    List<NdjsonFile> output() {
        return manifest.items().stream()
                .filter(ReceivedManifest.FileItem::isOutput)
                .map(this::file)
                .toList();
    }
}
