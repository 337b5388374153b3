package dev.sluice;

import dev.sluice.doctor.Secrets;
import dev.sluice.doctor.SettingsInForce;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.PropertySource;
import org.springframework.stereotype.Component;

/** Tells the settings of the server: all keys of Sluice, and those of Spring Boot that somebody has set. */
@Component
class SettingsReport implements SettingsInForce {
    private static final Pattern SECRET =
            Pattern.compile(".*(password|passphrase|secret|connection-?string|private-?key|credentials).*");

    /** Keys of Spring Boot are many and of others, so more of theirs are taken for secrets: headers and JSON among them. */
    private static final Pattern SECRET_OF_SPRING =
            Pattern.compile(".*(json|headers|token|key|authorization|credential|passwd|signature|sas|jaas|cookie).*");

    private static final Pattern SPRING = Pattern.compile("(server|spring|management|logging)\\..*");
    private static final Pattern SHIPPED = Pattern.compile(".*class path resource \\[application\\.yaml].*");
    private static final String MASK = "…";

    private final ConfigurableEnvironment environment;
    private final ListableBeanFactory beans;

    SettingsReport(ConfigurableEnvironment environment, ListableBeanFactory beans) {
        this.environment = environment;
        this.beans = beans;
    }

    @Override
    public List<Setting> list() {
        List<SettingKey> keys = SettingsConfiguration.settings(beans).stream()
                .filter(SettingKey::isSettings)
                .flatMap(SettingKey::of)
                .toList();
        Map<String, Setting> all = new TreeMap<>();
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            for (SettingKey key : keys) {
                put(all, source.getConfigurationProperty(key.name()));
            }
            if (source instanceof IterableConfigurationPropertySource names) {
                for (ConfigurationPropertyName name : names) {
                    boolean member = keys.stream().anyMatch(key -> key.name().isAncestorOf(name) && key.covers(name));
                    if (member || SPRING.matcher(name.toString()).matches()) {
                        put(all, source.getConfigurationProperty(name));
                    }
                }
            }
        }
        all.values()
                .removeIf(setting ->
                        !setting.given() && SPRING.matcher(setting.key()).matches());
        keys.forEach(key -> all.computeIfAbsent(
                key.name().toString(), name -> new Setting(name, key.standard(), "default", false)));
        return new ArrayList<>(all.values());
    }

    /** The first source that has a key counts. */
    private static void put(Map<String, Setting> all, @Nullable ConfigurationProperty property) {
        if (property != null) {
            String key = property.getName().toString();
            String source = source(property);
            boolean given = !SHIPPED.matcher(source).matches();
            all.putIfAbsent(key, new Setting(key, value(key, property), given ? source : "default", given));
        }
    }

    private static String value(String key, ConfigurationProperty property) {
        return isSecret(key) ? MASK : Secrets.masked(String.valueOf(property.getValue()));
    }

    private static boolean isSecret(String key) {
        boolean ofSpring =
                SPRING.matcher(key).matches() && SECRET_OF_SPRING.matcher(key).matches();
        return ofSpring || SECRET.matcher(key).matches();
    }

    private static String source(ConfigurationProperty property) {
        if (property.getOrigin() != null) {
            return property.getOrigin().toString().replaceFirst(" from property source .*", "");
        }
        ConfigurationPropertySource source = property.getSource();
        return source != null && source.getUnderlyingSource() instanceof PropertySource<?> known ? known.getName() : "";
    }
}
