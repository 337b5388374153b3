package dev.sluice.blob;

import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpPipelineCallContext;
import com.azure.core.http.HttpPipelineNextPolicy;
import com.azure.core.http.HttpPipelineNextSyncPolicy;
import com.azure.core.http.HttpResponse;
import com.azure.core.http.policy.HttpPipelinePolicy;
import com.azure.storage.common.policy.RequestRetryOptions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Waits for the {@code Retry-After} time of a busy storage plus a random delay. The SDK's own retry policy counts
 * requests and increases delays, but it neither reads {@code Retry-After} nor spreads requests that failed together.
 * This policy runs inside it and delays a failed response by that time, up to a limit.
 */
final class RetryAfterPolicy implements HttpPipelinePolicy {
    private static final Set<Integer> BUSY = Set.of(429, 503);
    private static final Set<Integer> FAILED = Set.of(408, 429, 500, 502, 503, 504);

    private final Duration longest;
    private final Duration spread;

    RetryAfterPolicy(RequestRetryOptions retries) {
        this.longest = retries.getMaxRetryDelay();
        this.spread = retries.getRetryDelay();
    }

    @Override
    public Mono<HttpResponse> process(HttpPipelineCallContext context, HttpPipelineNextPolicy next) {
        return next.process()
                .onErrorResume(lost -> Mono.delay(chance()).then(Mono.error(lost)))
                .flatMap(response -> Mono.just(response).delayElement(pause(response)));
    }

    @Override
    public HttpResponse processSync(HttpPipelineCallContext context, HttpPipelineNextSyncPolicy next) {
        HttpResponse response;
        try {
            response = next.processSync();
        } catch (RuntimeException lost) {
            sleep(chance());
            throw lost;
        }
        sleep(pause(response));
        return response;
    }

    private Duration pause(HttpResponse response) {
        if (!FAILED.contains(response.getStatusCode())) {
            return Duration.ZERO;
        }
        Duration asked = BUSY.contains(response.getStatusCode())
                ? seconds(response.getHeaderValue(HttpHeaderName.RETRY_AFTER))
                : Duration.ZERO;
        return (asked.compareTo(longest) > 0 ? longest : asked).plus(chance());
    }

    private Duration chance() {
        return Duration.ofMillis(ThreadLocalRandom.current().nextLong(spread.toMillis()));
    }

    private static void sleep(Duration pause) {
        try {
            Thread.sleep(pause.toMillis());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt(); // the answer is here: let the caller have it
        }
    }

    /** Azure sends seconds; the other form of the header, a date, is not waited for. */
    private static Duration seconds(@Nullable String header) {
        return header != null && header.matches("\\d{1,9}")
                ? Duration.ofSeconds(Long.parseLong(header))
                : Duration.ZERO;
    }
}
