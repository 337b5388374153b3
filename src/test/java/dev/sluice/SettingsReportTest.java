package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.doctor.SettingsInForce.Setting;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** What the page of settings shows, and what it does not show. */
class SettingsReportTest {
    private static final String HIDDEN = "hidden-value";

    @Test
    void noSecretIsShownWhereverItStands() {
        List<String> secrets = List.of(
                "spring.datasource.password",
                "spring.application.json",
                "management.opentelemetry.tracing.export.otlp.headers.authorization",
                "management.opentelemetry.tracing.export.otlp.headers.api-key",
                "management.otlp.metrics.export.headers.x-scope",
                "management.some.export.api-token",
                "server.ssl.key-password",
                "spring.security.oauth2.client.registration.a.client-secret");
        Map<String, Object> given = new TreeMap<>(Map.of("server.port", "8081", "logging.level.root", "debug"));
        secrets.forEach(key -> given.put(key, HIDDEN));
        given.put("spring.datasource.url", "jdbc:postgresql://db/sluice?user=me&password=" + HIDDEN);

        List<Setting> settings = report(new MapPropertySource("given", given));

        assertThat(settings).extracting(Setting::key).contains("server.port").containsAll(secrets);
        assertThat(settings).noneMatch(setting -> setting.value().contains(HIDDEN));
        assertThat(settings)
                .filteredOn(setting -> !secrets.contains(setting.key()))
                .extracting(Setting::value)
                .contains("8081", "debug", "jdbc:postgresql://db/sluice?user=me&password=…");
    }

    @Test
    void theJsonOfTheEnvironmentIsNotShown() {
        Map<String, Object> variables =
                Map.of("SPRING_APPLICATION_JSON", "{\"spring.datasource.password\":\"" + HIDDEN + "\"}");

        List<Setting> settings = report(new SystemEnvironmentPropertySource("systemEnvironment", variables));

        assertThat(settings).isNotEmpty().noneMatch(setting -> setting.value().contains(HIDDEN));
    }

    private static List<Setting> report(PropertySource<?> source) {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .forEach(each -> environment.getPropertySources().remove(each.getName()));
        environment.getPropertySources().addFirst(source);
        return new SettingsReport(environment, new DefaultListableBeanFactory()).list();
    }
}
