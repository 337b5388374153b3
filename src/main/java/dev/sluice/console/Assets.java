package dev.sluice.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.webjars.WebJarVersionLocator;

/**
 * The style sheets, scripts and pictures of the pages. Nothing else of the class path is served. Their URLs have a hash of
 * all of them, so that a browser keeps them until one of them changes.
 */
@Component("assets")
class Assets {
    private static final MediaType CSS = MediaType.parseMediaType("text/css;charset=utf-8");
    private static final MediaType SCRIPT = MediaType.parseMediaType("text/javascript;charset=utf-8");
    private static final MediaType SVG = MediaType.parseMediaType("image/svg+xml");
    private static final int HASH_LENGTH = 12;

    private final Map<String, Asset> all = new TreeMap<>();
    private final String version;

    /** A file that browsers load. */
    record Asset(MediaType type, byte[] content) {}

    Assets() {
        WebJarVersionLocator jars = new WebJarVersionLocator();
        add("pico.css", CSS, jars.fullPath("picocss__pico", "css/pico.classless.min.css"));
        add("uplot.css", CSS, jars.fullPath("uplot", "dist/uPlot.min.css"));
        add("console.css", CSS, "console/console.css");
        add("htmx.js", SCRIPT, jars.fullPath("htmx.org", "dist/htmx.min.js"));
        add("sse.js", SCRIPT, jars.fullPath("htmx-ext-sse", "sse.js"));
        add("uplot.js", SCRIPT, jars.fullPath("uplot", "dist/uPlot.iife.min.js"));
        add("console.js", SCRIPT, "console/console.js");
        add("icon.svg", SVG, "console/icon.svg");
        MessageDigest hash = DigestUtils.getSha256Digest();
        all.forEach((name, asset) -> {
            hash.update(name.getBytes(StandardCharsets.UTF_8));
            hash.update(asset.content());
        });
        this.version = HexFormat.of().formatHex(hash.digest()).substring(0, HASH_LENGTH);
    }

    /** A hash of all files. */
    public String version() {
        return version;
    }

    Optional<Asset> find(String name) {
        return Optional.ofNullable(all.get(name));
    }

    private void add(String name, MediaType type, @Nullable String path) {
        String known = Objects.requireNonNull(path, name);
        try (InputStream in = Assets.class.getClassLoader().getResourceAsStream(known)) {
            all.put(name, new Asset(type, Objects.requireNonNull(in, known).readAllBytes()));
        } catch (IOException e) {
            throw new UncheckedIOException("The class path has no readable " + known, e);
        }
    }
}
