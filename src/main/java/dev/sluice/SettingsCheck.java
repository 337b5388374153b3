package dev.sluice;

import dev.sluice.fhir.Suggestions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Validates the settings at startup. It refuses values that cannot be bound, unknown keys, which binding ignores,
 * amounts without a unit, which binding reads as milliseconds or bytes, and an embedded database for other machines.
 *
 * <p>One {@link IllegalArgumentException} reports all errors, with a sentence for each.
 */
final class SettingsCheck {
    private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of("sluice");
    private static final Pattern BARE_NUMBER = Pattern.compile("[+-]?\\d+");

    /**
     * Kubernetes gives each container the addresses of the services around it. Those of a service whose name begins with
     * "sluice" look like keys of Sluice.
     *
     * @see <a href="https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables">Kubernetes</a>
     */
    private static final Pattern SERVICE_VARIABLE = Pattern.compile(
            "SLUICE(_[A-Z0-9_]+)?_(SERVICE_HOST" + "|SERVICE_PORT(_[A-Z0-9_]+)?|PORT(_\\d+_[A-Z]+(_[A-Z]+)?)?)");

    private final List<Class<?>> settings;
    private final List<SettingKey> keys;

    /** @param settings the records of Sluice's settings, among others */
    SettingsCheck(Collection<Class<?>> settings) {
        this.settings = settings.stream().filter(SettingKey::isSettings).toList();
        this.keys = this.settings.stream().flatMap(SettingKey::of).toList();
    }

    void check(ConfigurableEnvironment environment) {
        List<String> faults = new ArrayList<>();
        environment.getPropertySources().stream()
                .flatMap(source -> source instanceof EnumerablePropertySource<?> names ? unknown(names) : Stream.of())
                .distinct()
                .forEach(faults::add);
        Binder binder = Binder.get(environment);
        keys.stream()
                .filter(SettingKey::isAmount)
                .flatMap(key -> withoutUnit(key, binder).stream())
                .forEach(faults::add);
        if (faults.isEmpty()) {
            settings.stream()
                    .flatMap(type -> refused(type, binder).stream())
                    .distinct()
                    .forEach(faults::add);
            embeddedForOthers(environment, binder).ifPresent(faults::add);
        }
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException(String.join(" ", faults));
        }
    }

    private Stream<String> unknown(EnumerablePropertySource<?> source) {
        return Stream.of(source.getPropertyNames())
                .flatMap(name -> source instanceof SystemEnvironmentPropertySource
                        ? unknownVariable(name.toUpperCase(Locale.ROOT)).stream()
                        : unknownKey(name).stream());
    }

    private Optional<String> unknownKey(String name) {
        ConfigurationPropertyName key = ConfigurationPropertyName.adapt(name, '.');
        return ROOT.isAncestorOf(key) && keys.stream().noneMatch(known -> known.covers(key))
                ? Optional.of(unknown(
                        name,
                        keys.stream().map(known -> known.name().toString()).toList()))
                : Optional.empty();
    }

    private Optional<String> unknownVariable(String name) {
        return name.startsWith("SLUICE_")
                        && !SERVICE_VARIABLE.matcher(name).matches()
                        && keys.stream().noneMatch(known -> known.coversVariable(name))
                ? Optional.of(
                        unknown(name, keys.stream().map(SettingKey::variable).toList()))
                : Optional.empty();
    }

    private static String unknown(String name, List<String> known) {
        String advice = Suggestions.advice(name, known);
        return "The setting " + name + " does not exist"
                + (advice.isEmpty() ? "; docs/configuration.md lists the settings." : advice);
    }

    private static Optional<String> refused(Class<?> type, Binder binder) {
        try {
            binder.bindOrCreate(SettingKey.prefix(type), type);
            return Optional.empty();
        } catch (BindException e) {
            return Optional.of(StartFailureReporter.sentence(e).orElse(String.valueOf(e.getMessage())));
        }
    }

    /** The embedded database is for one user of one machine. Every mode but open serves others too. */
    private static Optional<String> embeddedForOthers(ConfigurableEnvironment environment, Binder binder) {
        boolean others =
                binder.bind("sluice.security.allow-open", Boolean.class).orElse(false)
                        || !binder.bind("sluice.security.mode", String.class)
                                .orElse("open")
                                .equalsIgnoreCase("open");
        return others && !environment.containsProperty("spring.datasource.url")
                ? Optional.of("sluice.security.allow-open, and every sluice.security.mode but open, need your own"
                        + " PostgreSQL, because the embedded one is for a single machine; name it in"
                        + " spring.datasource.url.")
                : Optional.empty();
    }

    private static Optional<String> withoutUnit(SettingKey key, Binder binder) {
        String value =
                binder.bind(key.name().toString(), String.class).orElse("").strip();
        return BARE_NUMBER.matcher(value).matches()
                ? Optional.of(key.name() + " is '" + value + "', a number without a unit; write it with one, such as "
                        + key.example() + ".")
                : Optional.empty();
    }
}
