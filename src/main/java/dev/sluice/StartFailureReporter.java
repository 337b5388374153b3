package dev.sluice;

import dev.sluice.doctor.Secrets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringBootExceptionReporter;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.util.unit.DataSize;

/**
 * Reports in one line why the server did not start, if an operator can correct the cause: a setting, a folder, a port,
 * a database. Any other failure is a defect of the program and is logged with its stack trace.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class StartFailureReporter implements SpringBootExceptionReporter {
    private static final Logger log = LoggerFactory.getLogger(StartFailureReporter.class);

    @Override
    public boolean reportException(Throwable failure) {
        Optional<String> sentence = sentence(failure);
        sentence.ifPresent(text -> log.error("Sluice did not start. {}", text));
        log.debug("The failure that kept Sluice from starting:", failure);
        return sentence.isPresent();
    }

    /** The remedy for a failure, if an operator can correct it; without secrets. */
    static Optional<String> sentence(Throwable failure) {
        Optional<String> own = causes(failure)
                .filter(StartFailureReporter::isForTheOperator)
                .findFirst()
                .map(StartFailureReporter::messages);
        Optional<String> text = own.or(() -> causes(failure)
                .flatMap(cause -> cause instanceof BindException binding && binding.getProperty() != null
                        ? Stream.of(refused(binding))
                        : cause instanceof PortInUseException port
                                ? Stream.of("Port " + port.getPort() + " is in use. Stop the process that uses it, or"
                                        + " choose another port with --server.port=….")
                                : Stream.of())
                .findFirst());
        return text.map(Secrets::masked);
    }

    /** What code of Sluice's own says of settings and surroundings; any other type of exception is a fault of the program. */
    private static boolean isForTheOperator(Throwable cause) {
        StackTraceElement[] trace = cause.getStackTrace();
        return (cause instanceof IllegalArgumentException
                        || cause instanceof IllegalStateException
                        || cause instanceof IOException
                        || cause instanceof UncheckedIOException)
                && cause.getMessage() != null
                && trace.length > 0
                && trace[0].getClassName().startsWith("dev.sluice.");
    }

    private static String messages(Throwable cause) {
        return causes(cause)
                        .map(Throwable::getMessage)
                        .filter(message -> message != null)
                        .map(message -> message.replaceFirst("\\.$", ""))
                        .reduce((before, next) -> before.contains(next) ? before : before + ": " + next)
                        .orElse("")
                + ".";
    }

    private static String refused(BindException binding) {
        Class<?> type = binding.getTarget().getType().resolve(Object.class);
        Object value = Objects.requireNonNull(binding.getProperty()).getValue();
        return binding.getName() + " is '" + value + "'; it must be " + expected(type) + ".";
    }

    private static String expected(Class<?> type) {
        if (type.isEnum()) {
            return Arrays.stream(type.getEnumConstants())
                    .map(constant ->
                            constant.toString().toLowerCase(Locale.ROOT).replace('_', '-'))
                    .collect(Collectors.joining(" or "));
        }
        if (type == Duration.class) {
            return "a time with its unit, such as 30s, 10m, 12h or 7d";
        }
        if (type == DataSize.class) {
            return "a size with its unit, such as 512KB or 64MB";
        }
        if (type == Boolean.class || type == boolean.class) {
            return "true or false";
        }
        if (type == URI.class) {
            return "a URL";
        }
        return Number.class.isAssignableFrom(type) || type.isPrimitive() ? "a number" : "a " + type.getSimpleName();
    }

    private static Stream<Throwable> causes(Throwable failure) {
        return Stream.iterate(failure, (@Nullable Throwable cause) -> cause != null, Throwable::getCause);
    }
}
