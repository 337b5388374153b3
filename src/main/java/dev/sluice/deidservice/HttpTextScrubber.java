package dev.sluice.deidservice;

import dev.sluice.deid.TextScrubber;
import java.net.URI;
import okhttp3.MediaType;
import org.jspecify.annotations.Nullable;

/** A scrubber that gets a text as {@code text/plain} and answers with what remains of it. */
public final class HttpTextScrubber implements TextScrubber {
    private final HttpService service;

    public HttpTextScrubber(URI url) {
        service = new HttpService(url, MediaType.get("text/plain; charset=utf-8"));
    }

    @Override
    public @Nullable String scrub(String text) {
        return service.post(text);
    }
}
