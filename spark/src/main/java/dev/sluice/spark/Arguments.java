package dev.sluice.spark;

import java.time.Duration;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of the application, as those of {@code sluice work}.
 *
 * @param untilIdle {@code --until-idle}: it ends when no step is left
 * @param maxTime {@code --max-time=55m}: it ends after this time, and hands running units back; null = never
 */
record Arguments(boolean untilIdle, @Nullable Duration maxTime) {
    private static final Pattern TIME = Pattern.compile("--max-time=(\\d{1,9})(s|m|h|d)");

    static Arguments of(String... arguments) {
        boolean untilIdle = false;
        @Nullable Duration maxTime = null;
        for (String argument : arguments) {
            Matcher time = TIME.matcher(argument);
            if (argument.equals("--until-idle")) {
                untilIdle = true;
            } else if (time.matches()) {
                maxTime = duration(Long.parseLong(time.group(1)), time.group(2));
            } else {
                throw new IllegalArgumentException("'" + argument
                        + "' is no argument. There are --until-idle and --max-time=<time>, such as --max-time=55m.");
            }
        }
        return new Arguments(untilIdle, maxTime);
    }

    private static Duration duration(long number, String unit) {
        return switch (unit) {
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
    }

    /** Whether an application that has begun at this time has to end. */
    boolean isOver(Instant begun) {
        return maxTime != null && begun.plus(maxTime).isBefore(Instant.now());
    }
}
