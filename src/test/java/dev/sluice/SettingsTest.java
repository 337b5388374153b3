package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.util.ClassUtils;
import org.springframework.util.unit.DataSize;

/** Every key of Sluice's own, with its default: as the code binds it, and as the pages of docs tell it. */
class SettingsTest {
    /** The pages that may document a key. */
    private static final List<String> PAGES = List.of("configuration.md", "security.md", "sign-in.md");

    private static final Map<String, String> DEFAULTS = new TreeMap<>(Map.ofEntries(
            Map.entry("sluice.role", "all"),
            Map.entry("sluice.lease", "8s"),
            Map.entry("sluice.poll-interval", "1s"),
            Map.entry("sluice.home", "./sluice-data"),
            Map.entry("sluice.base-url", "from the request"),
            Map.entry("sluice.other-bases", "none"),
            Map.entry("sluice.demo", "false"),
            Map.entry("sluice.storage.kind", "local"),
            Map.entry("sluice.storage.local.root", "${sluice.home}/blobs"),
            Map.entry("sluice.storage.local.min-free", "1 GB, or 5 % of the disk if that is less"),
            Map.entry("sluice.storage.azure.connection-string", "none"),
            Map.entry("sluice.storage.azure.account-url", "none"),
            Map.entry("sluice.storage.azure.credential", "default"),
            Map.entry("sluice.storage.azure.client-id", "none"),
            Map.entry("sluice.storage.azure.timeout", "60s"),
            Map.entry("sluice.storage.azure.block-md5", "false"),
            Map.entry("sluice.storage.download", "by the kind: `direct` for `azure`, `server` for `local`"),
            Map.entry("sluice.storage.azure.sas-lifetime", "1h"),
            Map.entry("sluice.storage.adopt", "false"),
            Map.entry("sluice.export.layout", "azure"),
            Map.entry("sluice.deidentification.keys", "env:DEID_*"),
            Map.entry("sluice.deidentification.scrubber-url", "none"),
            Map.entry("sluice.deidentification.pseudonym-url", "none"),
            Map.entry("sluice.audit.enabled", "by the mode: `true` in `smart` and `oidc`"),
            Map.entry("sluice.audit.file", "none"),
            Map.entry("sluice.export.file-size", "64MB"),
            Map.entry("sluice.export.compression", "none"),
            Map.entry("sluice.export.retention", "7d"),
            Map.entry("sluice.export.workers", "number of cores"),
            Map.entry("sluice.export.short-workers", "2"),
            Map.entry("sluice.export.max-units-per-job", "none"),
            Map.entry("sluice.export.max-units-per-client", "none"),
            Map.entry("sluice.export.max-open-jobs", "100"),
            Map.entry("sluice.export.patience", "30m"),
            Map.entry("sluice.export.stall-limit", "10m"),
            Map.entry("sluice.export.shutdown-grace", "20s"),
            Map.entry("sluice.export.new-members", "everything"),
            Map.entry("sluice.export.max-bytes-per-second", "none"),
            Map.entry("sluice.export.max-database-connections", "none"),
            Map.entry("sluice.export.yield", "true"),
            Map.entry("sluice.replicas.databases", "none"),
            Map.entry("sluice.replicas.max-wait", "10s"),
            Map.entry("sluice.replicas.timeout", "60s"),
            Map.entry("sluice.history", "30d"),
            Map.entry("sluice.seal.enabled", "true"),
            Map.entry("sluice.seal.after", "5m"),
            Map.entry("sluice.seal.size", "400KB"),
            Map.entry("sluice.import.root", "none"),
            Map.entry("sluice.import.meta", "keep for files, assign for a body"),
            Map.entry("sluice.import.max-bad-lines", "10000"),
            Map.entry("sluice.web.cors.allowed-origins", "none"),
            Map.entry("sluice.web.allowed-hosts", "none"),
            Map.entry("sluice.web.trusted-proxies", "none"),
            Map.entry("sluice.web.connections-per-address", "128"),
            Map.entry("sluice.ingest.validation", "by the way in"),
            Map.entry("sluice.feeds.max-per-client", "50"),
            Map.entry("sluice.feeds.max-retention", "365d"),
            Map.entry("sluice.feeds.min-interval", "60s"),
            Map.entry("sluice.console.oidc.issuer", "none"),
            Map.entry("sluice.console.oidc.client-id", "none"),
            Map.entry("sluice.console.oidc.client-secret", "none"),
            Map.entry("sluice.console.oidc.roles-claim", "roles"),
            Map.entry("sluice.console.oidc.viewers", "sluice-viewer"),
            Map.entry("sluice.console.oidc.exporters", "sluice-exporter"),
            Map.entry("sluice.console.oidc.administrators", "sluice-administrator"),
            Map.entry("sluice.console.session.idle", "30m"),
            Map.entry("sluice.console.session.lifetime", "8h"),
            Map.entry("sluice.security.mode", "open"),
            Map.entry("sluice.security.requests-per-minute", "30000"),
            Map.entry("sluice.security.download-bytes-per-day", "none"),
            Map.entry("sluice.security.clients", "none"),
            Map.entry("sluice.security.allow-http", "false"),
            Map.entry("sluice.security.oidc.issuers", "none"),
            Map.entry("sluice.security.oidc.audiences", "none"),
            Map.entry("sluice.security.oidc.roles-claim", "roles"),
            Map.entry("sluice.security.oidc.allow-users", "false"),
            Map.entry("sluice.security.allow-private-jwks", "false"),
            Map.entry("sluice.security.token-key-secret", "none"),
            Map.entry("sluice.security.allow-open", "false")));

    @Test
    void eachKeyHasTheDefaultThatThisTableSays() throws Exception {
        Map<String, String> bound = new TreeMap<>();
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Nothing.class)
                .web(WebApplicationType.NONE)
                .run()) {
            for (Class<?> settings : settings()) {
                String prefix =
                        settings.getAnnotation(ConfigurationProperties.class).value();
                collect(prefix, Binder.get(context.getEnvironment()).bindOrCreate(prefix, settings), bound);
            }
        }

        assertThat(bound.keySet()).isEqualTo(DEFAULTS.keySet());
        bound.forEach((key, value) -> assertThat(value).as(key).isIn(asBound(DEFAULTS.getOrDefault(key, ""))));
    }

    /** Spring binds a {@code Path} to a resource of the class path that has the name, where there is one. */
    @Test
    void foldersAreFoldersWhateverIsOnTheClassPath() throws Exception {
        List<String> keys = List.of("sluice.home", "sluice.storage.local.root", "sluice.import.root");
        for (String folder : List.of("/", "/dev")) {
            Map<String, String> given = keys.stream().collect(Collectors.toMap(key -> key, key -> folder));
            Map<String, String> bound = new TreeMap<>();
            for (Class<?> settings : settings()) {
                String prefix =
                        settings.getAnnotation(ConfigurationProperties.class).value();
                Binder binder = new Binder(new MapConfigurationPropertySource(given));
                collect(prefix, binder.bindOrCreate(prefix, settings), bound);
            }

            assertThat(bound).containsAllEntriesOf(given);
        }
    }

    @Test
    void thePagesTellEachKeyAndItsDefault() throws IOException {
        StringBuilder documented = new StringBuilder();
        for (String page : PAGES) {
            documented.append(Files.readString(Path.of("docs", page)));
        }

        DEFAULTS.forEach((key, value) -> assertThat(documented)
                .as(key)
                .containsPattern("\\| `\\Q" + key + "\\E` \\| `?\\Q" + value + "\\E`?[ ;]"));
    }

    /** What a page says in words is null, or made of another key, in the code. */
    private static Iterable<String> asBound(String documented) {
        return List.of(
                documented.replace("./", "").replace("${sluice.home}", "sluice-data"),
                documented.contains(" ") ? "none" : documented);
    }

    /** The records of all settings. */
    static List<Class<?>> settings() {
        var scanner = new ClassPathScanningCandidateComponentProvider(false);
        scanner.addIncludeFilter(new AnnotationTypeFilter(ConfigurationProperties.class));
        return scanner.findCandidateComponents("dev.sluice").stream()
                .<Class<?>>map(found -> ClassUtils.resolveClassName(String.valueOf(found.getBeanClassName()), null))
                .filter(Class::isRecord)
                .toList();
    }

    private static void collect(String prefix, Object settings, Map<String, String> into) throws Exception {
        for (RecordComponent component : settings.getClass().getRecordComponents()) {
            component.getAccessor().setAccessible(true);
            Object value = component.getAccessor().invoke(settings);
            String key = prefix + "."
                    + component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
            if (value instanceof Record nested) {
                collect(key, nested, into);
            } else {
                into.put(key, text(value));
            }
        }
    }

    private static String text(@Nullable Object value) {
        if (value instanceof Duration duration) {
            if (duration.toHours() > 0) {
                return duration.toDays() > 0 ? duration.toDays() + "d" : duration.toHours() + "h";
            }
            return duration.toMinutes() > 1 ? duration.toMinutes() + "m" : duration.toSeconds() + "s";
        }
        if (value instanceof DataSize size) {
            return size.toMegabytes() > 0 ? size.toMegabytes() + "MB" : size.toKilobytes() + "KB";
        }
        if (value instanceof List<?> list && !list.isEmpty()) {
            return list.stream().map(String::valueOf).collect(Collectors.joining(","));
        }
        return value == null || value.equals(List.of()) || value.equals(Map.of())
                ? "none"
                : value.toString().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @Configuration(proxyBeanMethods = false)
    static class Nothing {}
}
