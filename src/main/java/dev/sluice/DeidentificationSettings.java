package dev.sluice;

import dev.sluice.deidservice.AllowedKeys;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings {@code sluice.deidentification.*}.
 *
 * @param keys which keys rule files may name by {@code keyRef}
 */
@ConfigurationProperties("sluice.deidentification")
record DeidentificationSettings(@DefaultValue("env:DEID_*") List<String> keys) {
    DeidentificationSettings {
        keys = new AllowedKeys(keys).patterns();
    }
}
