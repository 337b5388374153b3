package dev.sluice;

import static com.tngtech.archunit.base.DescribedPredicate.describe;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Methods of the JDK whose result depends on the language, the encoding or the time zone of the machine: {@code
 * "ID".toLowerCase()} is not {@code "id"} on a Turkish one, and {@code "%d"} has other digits on an Arabic one.
 */
final class MachineDefaults {
    private static final String CONSTRUCTOR = "<init>";

    /** Without a parameter there is nothing that could say what is meant. */
    private static final Map<String, Set<String>> WITHOUT_PARAMETERS = Map.of(
            "java.lang.String", Set.of("toLowerCase", "toUpperCase", "getBytes"),
            "java.util.Locale", Set.of("getDefault"),
            "java.util.TimeZone", Set.of("getDefault"),
            "java.time.ZoneId", Set.of("systemDefault"),
            "java.nio.charset.Charset", Set.of("defaultCharset"),
            "java.time.format.DateTimeFormatterBuilder", Set.of("toFormatter"),
            "java.io.ByteArrayOutputStream", Set.of("toString"));

    private static final Map<String, Set<String>> WITHOUT_LOCALE = Map.of(
            "java.lang.String", Set.of("format", "formatted"),
            "java.io.PrintStream", Set.of("format", "printf"),
            "java.io.PrintWriter", Set.of("format", "printf"),
            "java.util.Formatter", Set.of(CONSTRUCTOR),
            "java.time.format.DateTimeFormatter", Set.of("ofPattern"),
            "java.text.DecimalFormat", Set.of(CONSTRUCTOR),
            "java.text.SimpleDateFormat", Set.of(CONSTRUCTOR),
            "java.text.MessageFormat", Set.of(CONSTRUCTOR, "format"),
            "java.text.NumberFormat",
                    Set.of("getInstance", "getNumberInstance", "getIntegerInstance", "getPercentInstance"),
            "java.text.Collator", Set.of("getInstance"));

    private static final Map<String, Set<String>> WITHOUT_CHARSET = Map.of(
            "java.io.InputStreamReader", Set.of(CONSTRUCTOR),
            "java.io.OutputStreamWriter", Set.of(CONSTRUCTOR),
            "java.io.FileReader", Set.of(CONSTRUCTOR),
            "java.io.FileWriter", Set.of(CONSTRUCTOR),
            "java.util.Scanner", Set.of(CONSTRUCTOR),
            "java.net.URLEncoder", Set.of("encode"),
            "java.net.URLDecoder", Set.of("decode"));

    private MachineDefaults() {}

    static DescribedPredicate<JavaAccess<?>> decide() {
        return describe("go by the language, the encoding or the time zone of the machine", MachineDefaults::isOne);
    }

    private static boolean isOne(JavaAccess<?> access) {
        if (!(access.getTarget() instanceof CodeUnitAccessTarget target)) {
            return false;
        }
        List<String> parameters =
                target.getRawParameterTypes().stream().map(JavaClass::getName).toList();
        boolean hasLocale = parameters.contains(Locale.class.getName());
        boolean hasCharset = parameters.contains(Charset.class.getName());
        return (parameters.isEmpty() && names(WITHOUT_PARAMETERS, access))
                || (!hasLocale && names(WITHOUT_LOCALE, access))
                || (!hasCharset && (names(WITHOUT_CHARSET, access) || isDecoded(access, parameters)));
    }

    /** Text that is made of bytes by the machine's encoding. */
    private static boolean isDecoded(JavaAccess<?> access, List<String> parameters) {
        return access.getTargetOwner().isEquivalentTo(String.class)
                && access.getName().equals(CONSTRUCTOR)
                && parameters.contains(byte[].class.getName())
                && !parameters.contains(String.class.getName());
    }

    private static boolean names(Map<String, Set<String>> methods, JavaAccess<?> access) {
        return methods.getOrDefault(access.getTargetOwner().getName(), Set.of()).contains(access.getName());
    }
}
