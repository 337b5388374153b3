package dev.sluice;

import dev.sluice.deid.DeidServices;
import dev.sluice.deid.KeySource;
import dev.sluice.deidservice.AllowedKeys;
import dev.sluice.deidservice.HttpPseudonymService;
import dev.sluice.deidservice.HttpTextScrubber;
import dev.sluice.deidservice.KeyReader;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Creates what de-identification uses from outside of the server. */
@Configuration(proxyBeanMethods = false)
class DeidentificationConfiguration {
    @Bean
    KeySource keySource(DeidentificationSettings settings, StorageSettings storage) {
        return new KeyReader(
                new AllowedKeys(settings.keys()),
                System::getenv,
                storage.azure().identity());
    }

    @Bean
    DeidServices deidServices(DeidentificationSettings settings) {
        return new DeidServices(
                settings.scrubberUrl() == null ? null : new HttpTextScrubber(settings.scrubberUrl()),
                settings.pseudonymUrl() == null ? null : new HttpPseudonymService(settings.pseudonymUrl()));
    }
}
