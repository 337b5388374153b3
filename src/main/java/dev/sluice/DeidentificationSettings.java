package dev.sluice;

import dev.sluice.deidservice.AllowedKeys;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings {@code sluice.deidentification.*}.
 *
 * @param keys which keys rule files may name by {@code keyRef}
 * @param scrubberUrl the service that scrubs free text; null = rules cannot use it
 * @param pseudonymUrl the operation that gives pseudonyms; null = rules cannot use it
 */
@ConfigurationProperties("sluice.deidentification")
record DeidentificationSettings(
        @DefaultValue("env:DEID_*") List<String> keys,
        @Nullable URI scrubberUrl,
        @Nullable URI pseudonymUrl) {
    DeidentificationSettings {
        keys = new AllowedKeys(keys).patterns();
        requireHttp("scrubber-url", scrubberUrl);
        requireHttp("pseudonym-url", pseudonymUrl);
    }

    /** The message does not have the URL, which may contain a password. */
    private static void requireHttp(String key, @Nullable URI url) {
        boolean valid = url == null
                || (List.of("http", "https").contains(String.valueOf(url.getScheme())) && url.getHost() != null);
        if (!valid) {
            throw new IllegalArgumentException(
                    "sluice.deidentification." + key + " must be like https://scrubber.example.org/scrub");
        }
    }
}
