package dev.sluice.web;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sluice.security.Caller;
import io.github.bucket4j.Bucket;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import org.springframework.core.Ordered;
import org.springframework.stereotype.Component;
import org.springframework.util.unit.DataSize;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Limits the requests and the downloads of each client by token buckets in this process. A client that does nothing for a
 * minute, or a day, has all of them again. Open mode has no clients to tell apart.
 */
@Component
public class ClientRates implements HandlerInterceptor, WebMvcConfigurer {
    /** The buckets of more clients than this are forgotten, those first that were not used for the longest time. */
    private static final int CLIENTS = 10_000;

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration DAY = Duration.ofDays(1);

    private final RateSettings settings;
    private final Cache<String, Bucket> requests =
            Caffeine.newBuilder().maximumSize(CLIENTS).build();
    private final Cache<String, Bucket> downloads =
            Caffeine.newBuilder().maximumSize(CLIENTS).build();

    ClientRates(RateSettings settings) {
        this.settings = settings;
    }

    /** Before the rules of access, so that refused requests count. */
    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(this).order(Ordered.HIGHEST_PRECEDENCE);
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (request.getDispatcherType() == DispatcherType.REQUEST) { // others have not come through the filters
            requireRequest(Caller.of(request));
        }
        return true;
    }

    /**
     * Counts a request of a client.
     *
     * @throws TooManyRequestsException if the client has sent too many
     */
    public void requireRequest(Caller caller) {
        String client = caller.owner();
        if (!client.isEmpty()) {
            int most = settings.requestsPerMinute();
            var taken = requests.get(client, name -> bucket(most, MINUTE)).tryConsumeAndReturnRemaining(1);
            if (!taken.isConsumed()) {
                throw refused(
                        "This client has sent more than " + most
                                + " requests in a minute (sluice.security.requests-per-minute).",
                        taken.getNanosToWaitForRefill());
            }
        }
    }

    /**
     * Returns if a client may begin a download. It may as long as it has bytes left, also if the file is larger than these.
     *
     * @throws TooManyRequestsException if the client has no bytes left
     */
    public void requireDownload(Caller caller) {
        DataSize most = settings.downloadBytesPerDay();
        if (most != null && !caller.owner().isEmpty()) {
            var left = downloads(caller, most).estimateAbilityToConsume(1);
            if (!left.canBeConsumed()) {
                throw refused(
                        "This client has downloaded more than " + most.toBytes()
                                + " bytes in a day (sluice.security.download-bytes-per-day).",
                        left.getNanosToWaitForRefill());
            }
        }
    }

    /** Counts bytes that a client has downloaded. */
    public void downloaded(Caller caller, long bytes) {
        DataSize most = settings.downloadBytesPerDay();
        if (most != null && !caller.owner().isEmpty() && bytes > 0) {
            downloads(caller, most).consumeIgnoringRateLimits(bytes);
        }
    }

    private Bucket downloads(Caller caller, DataSize most) {
        return downloads.get(caller.owner(), name -> bucket(most.toBytes(), DAY));
    }

    private static Bucket bucket(long capacity, Duration period) {
        return Bucket.builder()
                .addLimit(limit -> limit.capacity(capacity).refillGreedy(capacity, period))
                .build();
    }

    private static TooManyRequestsException refused(String sentence, long nanos) {
        return new TooManyRequestsException(
                sentence + " Send the same request again later.",
                Duration.ofNanos(nanos).plusSeconds(1));
    }
}
