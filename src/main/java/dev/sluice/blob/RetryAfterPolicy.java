package dev.sluice.blob;

import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpPipelineCallContext;
import com.azure.core.http.HttpPipelineNextPolicy;
import com.azure.core.http.HttpPipelineNextSyncPolicy;
import com.azure.core.http.HttpResponse;
import com.azure.core.http.policy.HttpPipelinePolicy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Waits as long as a busy storage asks for. The SDK's own retry counts tries and grows its delays, but does not read
 * {@code Retry-After}; this policy sits inside of it and delays the refusal by that time, up to a bound.
 */
final class RetryAfterPolicy implements HttpPipelinePolicy {
    private final Duration longest;

    RetryAfterPolicy(Duration longest) {
        this.longest = longest;
    }

    @Override
    public Mono<HttpResponse> process(HttpPipelineCallContext context, HttpPipelineNextPolicy next) {
        return next.process().flatMap(response -> Mono.just(response).delayElement(delay(response)));
    }

    @Override
    public HttpResponse processSync(HttpPipelineCallContext context, HttpPipelineNextSyncPolicy next) {
        HttpResponse response = next.processSync();
        try {
            Thread.sleep(delay(response).toMillis());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt(); // the answer is here: let the caller have it
        }
        return response;
    }

    private Duration delay(HttpResponse response) {
        boolean busy = response.getStatusCode() == 429 || response.getStatusCode() == 503;
        Duration asked = busy ? seconds(response.getHeaderValue(HttpHeaderName.RETRY_AFTER)) : Duration.ZERO;
        return asked.compareTo(longest) > 0 ? longest : asked;
    }

    /** Azure sends seconds; the other form of the header, a date, is not waited for. */
    private static Duration seconds(@Nullable String header) {
        return header != null && header.matches("\\d{1,9}")
                ? Duration.ofSeconds(Long.parseLong(header))
                : Duration.ZERO;
    }
}
