package dev.sluice.web;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How much each client may ask for; none of it applies in open mode.
 *
 * @param requestsPerMinute the requests of a client that a process serves in a minute
 * @param downloadBytesPerDay the bytes of files that a client downloads through a process in a day; null = no limit
 */
@ConfigurationProperties("sluice.security")
record RateSettings(
        @DefaultValue("30000") int requestsPerMinute,
        @Nullable DataSize downloadBytesPerDay) {
    RateSettings {
        if (requestsPerMinute < 1) {
            throw new IllegalArgumentException("sluice.security.requests-per-minute is " + requestsPerMinute
                    + "; it must be 1 or more, such as 30000");
        }
        if (downloadBytesPerDay != null && downloadBytesPerDay.toBytes() < 1) {
            throw new IllegalArgumentException("sluice.security.download-bytes-per-day is " + downloadBytesPerDay
                    + "; it must be 1B or more, such as 1TB");
        }
    }
}
