package dev.sluice;

import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.util.unit.DataSize;

/**
 * A configuration key of Sluice, as a settings record defines it.
 *
 * @param name in the canonical form, such as {@code sluice.export.file-size}
 * @param type of its value
 * @param members if the value is a map of records: the keys of such a record, without dashes; empty otherwise
 * @param example a valid value, for the error text about an invalid one
 * @param standard the value without a setting, for people
 */
record SettingKey(ConfigurationPropertyName name, Class<?> type, Set<String> members, String example, String standard) {
    private static final String ROOT = "sluice";

    /** Whether this is a record of Sluice's settings. */
    static boolean isSettings(Class<?> type) {
        return type.isRecord() && prefix(type).startsWith(ROOT);
    }

    /** The keys of a record of settings. */
    static Stream<SettingKey> of(Class<?> settings) {
        return keys(prefix(settings), settings);
    }

    /** Whether the value has a unit. */
    boolean isAmount() {
        return type == Duration.class || type == DataSize.class;
    }

    /** Whether a property of this name belongs to this key: it is the key, or a member of its list or map. */
    boolean covers(ConfigurationPropertyName property) {
        return name.equals(property) || (isContainer() && name.isAncestorOf(property) && isMember(property));
    }

    private boolean isMember(ConfigurationPropertyName property) {
        int member = name.getNumberOfElements() + 1; // after the key of the map
        return members.isEmpty()
                || (property.getNumberOfElements() > member
                        && members.contains(property.getElement(member, ConfigurationPropertyName.Form.UNIFORM)));
    }

    /** The same for an environment variable in upper case; dashes of a key may be left out or be underscores. */
    boolean coversVariable(String variable) {
        String flat = variable.replace("_", "");
        String key = variable().replace("_", "");
        return flat.equals(key) || (isContainer() && flat.startsWith(key));
    }

    /** The environment variable of this key, such as {@code SLUICE_EXPORT_FILE_SIZE}. */
    String variable() {
        return name.toString().replaceAll("[.-]", "_").toUpperCase(Locale.ROOT);
    }

    private boolean isContainer() {
        return Collection.class.isAssignableFrom(type) || Map.class.isAssignableFrom(type) || type.isArray();
    }

    /** The prefix of the keys of a settings record; empty for any other type. */
    static String prefix(Class<?> settings) {
        return Optional.ofNullable(settings.getAnnotation(ConfigurationProperties.class))
                .map(ConfigurationProperties::value)
                .orElse("");
    }

    private static Stream<SettingKey> keys(String prefix, Class<?> settings) {
        // A record's only constructor; its parameters have the annotations.
        return Arrays.stream(settings.getDeclaredConstructors()[0].getParameters())
                .flatMap(component -> {
                    String key = prefix + "."
                            + component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
                    Class<?> type = component.getType();
                    return type.isRecord()
                            ? keys(key, type)
                            : Stream.of(new SettingKey(
                                    ConfigurationPropertyName.of(key),
                                    type,
                                    members(component),
                                    example(component),
                                    standard(component)));
                });
    }

    private static Set<String> members(Parameter component) {
        return component.getParameterizedType() instanceof ParameterizedType map
                        && map.getRawType() == Map.class
                        && map.getActualTypeArguments()[1] instanceof Class<?> value
                        && value.isRecord()
                ? Arrays.stream(value.getRecordComponents())
                        .map(member -> member.getName().toLowerCase(Locale.ROOT))
                        .collect(Collectors.toSet())
                : Set.of();
    }

    private static String standard(Parameter component) {
        DefaultValue given = component.getAnnotation(DefaultValue.class);
        return given == null || given.value().length == 0 ? "none" : String.join(",", given.value());
    }

    private static String example(Parameter component) {
        DefaultValue given = component.getAnnotation(DefaultValue.class);
        if (given != null && given.value().length == 1) {
            return given.value()[0];
        }
        return component.getType() == Duration.class ? "30s" : "20MB";
    }
}
