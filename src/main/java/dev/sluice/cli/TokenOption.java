package dev.sluice.cli;

import picocli.CommandLine.Option;

/** The bearer token of the commands that fetch an export by HTTP. */
final class TokenOption {
    @Option(
            names = "--token",
            paramLabel = "<bearer>",
            description = "Sent to the manifest, and to the files if the manifest says requiresAccessToken.")
    private String token = "";

    ExportLocator locator() {
        return new ExportLocator(new HttpDownloader(token));
    }
}
